import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, DataResource, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import fc from 'fast-check';
import { literal, literalJson } from '../../../lib/cdktf/literal';
import { describeWithTerraform, terraform } from './terraform';

/** Pieces that mean something to Terraform, to JSON or to a shell, in any order. */
const PIECES = ['$', '$$', '%', '%%', '{', '}', '${', '%{', '~', '"', '\\', '\n', '\r\n', '\t', ' ', 'a', 'é', '😀'];
const anyText = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''));
const KNOWN = [
  '',
  '$${',
  '$$${',
  '%%{',
  '%{%{',
  '{%{',
  '${a.b}',
  '%{ if true }',
  '$%{',
  '%${',
  '${~',
  '<<EOT',
  '${TfToken[a b]}',
];

describeWithTerraform(
  'given texts that Terraform would read as expressions, in a configuration that real Terraform applied',
  () => {
    // Terraform brings every text into Unicode's form NFC, escaped or not.
    const texts = [...KNOWN, ...fc.sample(anyText, { numRuns: 60, seed: 20261121 })].map((text) =>
      text.normalize('NFC'),
    );
    const REFERENCED = 'the-${value}';
    let outputs: Record<string, { readonly value: unknown }>;

    beforeAll(() => {
      const folder = mkdtempSync(join(tmpdir(), 'kdc-literal-'));
      try {
        const app = new App({ outdir: folder, skipValidation: true });
        const stack = new TerraformStack(app, 'texts');
        // Else cdktf puts the state into the folder that the tests run in.
        new LocalBackend(stack, { path: join(folder, 'texts.tfstate') });
        const other = new DataResource(stack, 'other', { triggersReplace: literal(REFERENCED) as never });
        const reference = other.getStringAttribute('triggers_replace');
        const output = (name: string, value: unknown) => new TerraformOutput(stack, name, { value });
        texts.forEach((text, i) => {
          output(`text${i}`, literal(text));
          output(`beside${i}`, literal(`${text}${reference}${text}`));
          output(`json${i}`, literalJson({ [text]: [text, reference] }));
        });
        output('object', literal({ [KNOWN[5]!]: [KNOWN[6], { deep: KNOWN[7] }] }));
        app.synth();
        const stackFolder = join(folder, 'stacks', 'texts');
        terraform(stackFolder, 'init', '-input=false');
        terraform(stackFolder, 'apply', '-input=false', '-auto-approve');
        outputs = JSON.parse(terraform(stackFolder, 'output', '-json'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    const values = (name: string) => texts.map((_, i) => outputs[`${name}${i}`]?.value);

    test('literal gives each text back as it was', () => {
      expect(values('text')).toEqual(texts);
    });

    test('a reference of cdktf among the text is still a reference', () => {
      expect(values('beside')).toEqual(texts.map((text) => `${text}${REFERENCED}${text}`));
    });

    test('literalJson is JSON of the same meaning', () => {
      expect(values('json').map((json) => JSON.parse(json as string) as unknown)).toEqual(
        texts.map((text) => ({ [text]: [text, REFERENCED] })),
      );
    });

    test('texts and keys inside a value are literal too', () => {
      expect(outputs.object?.value).toEqual({ [KNOWN[5]!]: [KNOWN[6], { deep: KNOWN[7] }] });
    });
  },
);
