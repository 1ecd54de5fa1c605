// A decK file of Kong 2.8 with that many entities (services, routes, plugins, consumers, credentials, upstreams, targets),
// always the same one: `node bench/declarative/generate.mjs 100000 > kong.yaml`.
import { fileURLToPath } from 'node:url';

/** @param {number} entities */
export function declarativeFile(entities) {
  const lines = ['_format_version: "1.1"', 'services:'];
  // A service with what belongs to it is 8 entities, a consumer 3, an upstream 4.
  const services = Math.floor((entities * 0.72) / 8);
  const consumers = Math.floor((entities * 0.2) / 3);
  const upstreams = Math.floor((entities * 0.08) / 4);
  for (let i = 0; i < services; i += 1) service(lines, i);
  lines.push('consumers:');
  for (let i = 0; i < consumers; i += 1) {
    lines.push(
      `- username: consumer-${i}`,
      '  keyauth_credentials:',
      `  - key: key-of-${i}`,
      '  acls:',
      `  - group: team-${i % 40}`,
    );
  }
  lines.push('upstreams:');
  for (let i = 0; i < upstreams; i += 1) {
    lines.push(`- name: upstream-${i}.internal`, '  algorithm: round-robin', '  targets:');
    for (let j = 0; j < 3; j += 1) lines.push(`  - target: 10.${i % 250}.${j}.7:8080`, '    weight: 100');
  }
  return `${lines.join('\n')}\n`;
}

function service(lines, i) {
  lines.push(`- name: service-${i}`, `  host: upstream-${i}.internal`, '  port: 8080', '  routes:');
  for (let j = 0; j < 4; j += 1) {
    lines.push(`  - name: route-${i}-${j}`, '    paths:');
    if (j === 0) lines.push(`    - /v1/things-${i}/(?<id>[0-9]+)$`, `    - /v1/things-${i}`);
    else if (j === 1) lines.push(`    - /v2/\\d+/item-${i}`);
    else lines.push(`    - /plain/${i}/${j}`);
    lines.push('    strip_path: false');
    if (j === 0) {
      lines.push('    plugins:', '    - name: acl', '      config:', '        whitelist:', `        - team-${i % 40}`);
    }
    if (j === 1) {
      lines.push(
        '    plugins:',
        '    - name: rate-limiting',
        '      config:',
        '        minute: 60',
        '        policy: local',
      );
    }
  }
  lines.push('  plugins:', '  - name: pre-function # kept', '    config:', '      functions:', `      - return ${i}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(declarativeFile(Number(process.argv[2] ?? 100_000)));
}
