/** CloudFormation takes 4096 bytes of answer in all; ids, data and the framework's own words take up to 1000 of them. */
const LONGEST_REASON_BYTES = 3000;

/**
 * The error as the provider framework of aws-cdk-lib should repeat it. It answers with the message and, after it, every
 * line of the stack but the first; a message of several lines stands in the stack again. The doubled text can exceed what
 * CloudFormation takes, which then says `Response object is too long` in place of the cause. So: no stack, and the
 * message cut. The whole error goes to the log of the function.
 */
export async function speakable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    console.error(error);
    const short = new Error(cut(error instanceof Error ? error.message : String(error)));
    short.name = error instanceof Error ? error.name : 'Error';
    short.stack = short.name;
    throw short;
  }
}

/** By the bytes that it takes in the answer, where a line break is two and a quotation mark too. */
function cut(message: string): string {
  let text = message;
  while (Buffer.byteLength(JSON.stringify(text)) > LONGEST_REASON_BYTES) text = `${text.slice(0, text.length * 0.9)}…`;
  return text;
}
