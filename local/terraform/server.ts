import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation, sendUnaryData } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { generate } from 'selfsigned';
import { ROOT } from '../world/places';

/** Terraform sets it; a plug-in that somebody starts by hand ends with a word instead of waiting for a client. */
const COOKIE = ['TF_PLUGIN_MAGIC_COOKIE', 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2'] as const;

type Message = Record<string, unknown>;
export type Methods = { readonly [method: string]: (request: Message) => Message | Promise<Message> };

/** go-plugin's handshake: a socket and a certificate, told in one line; then Terraform calls until it ends this process. */
export async function serve(methods: Methods): Promise<void> {
  if (process.env[COOKIE[0]] !== COOKIE[1]) {
    process.stderr.write('this is a plug-in of Terraform, which starts it\n');
    process.exit(1);
  }
  const folder = mkdtempSync(join(tmpdir(), 'kdc-tf-'));
  const end = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  const socket = join(folder, 'plugin.sock');
  const { credentials, certificate } = await security();
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(service('plugin.proto', 'tfplugin6', 'Provider'), implementation(methods));
  server.addService(
    service('controller.proto', 'plugin', 'GRPCController'),
    implementation({
      Shutdown: () => {
        setTimeout(end, 20); // after the answer
        return {};
      },
    }),
  );
  await new Promise<void>((done, fail) =>
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error ? fail(error) : done())),
  );
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('SIGINT', () => undefined); // Terraform's to answer: it asks to stop
  process.stdout.write(`1|6|unix|${socket}|grpc|${certificate}\n`);
}

function service(file: string, name: string, key: string): ServiceDefinition {
  const definition = loadSync(join(ROOT, 'local', 'terraform', file), {
    keepCase: true,
    defaults: true,
    longs: Number,
  });
  const loaded = loadPackageDefinition(definition)[name] as unknown as Record<string, { service: ServiceDefinition }>;
  return loaded[key]!.service;
}

const implementation = (methods: Methods): UntypedServiceImplementation =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (call: { request: Message }, callback: sendUnaryData<Message>) => {
        Promise.resolve()
          .then(() => method(call.request))
          .then(
            (answer) => callback(null, answer),
            (error: unknown) =>
              callback({
                code: status.INTERNAL,
                details: error instanceof Error ? (error.stack ?? '') : String(error),
              }),
          );
      },
    ]),
  );

/** Both sides show a certificate that the other was told of: ours in the handshake, Terraform's in the environment. */
async function security(): Promise<{ credentials: ServerCredentials; certificate: string }> {
  const client = process.env['PLUGIN_CLIENT_CERT'];
  if (!client) return { credentials: ServerCredentials.createInsecure(), certificate: '' };
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  const credentials = ServerCredentials.createSsl(
    Buffer.from(client),
    [{ cert_chain: Buffer.from(pems.cert), private_key: Buffer.from(pems.private) }],
    true,
  );
  const certificate = pems.cert.replace(/-----[^-]+-----|\s/g, '').replace(/=+$/, '');
  return { credentials, certificate };
}
