import type { SourceRule, SourceViolation } from '../rule';
import type { Source } from '../source';
import { lineRule, logicalLines, type Line } from './text';

/** A stage of a Dockerfile: its image and what it does. */
interface Stage {
  readonly line: number;
  readonly image: string;
  readonly steps: readonly Line[];
}

const KONG_IMAGE = /(?:^|\/)kong(?:-gateway(?:-dev|-internal)?)?(?::|@|$)/;

function stagesOf({ code }: Source): readonly Stage[] {
  const stages: { line: number; image: string; steps: Line[] }[] = [];
  for (const line of logicalLines(code)) {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)/i.exec(line.text);
    if (from) stages.push({ line: line.line, image: from[1] ?? '', steps: [] });
    else stages.at(-1)?.steps.push(line);
  }
  return stages;
}

const dockerRule = (id: string, find: (stage: Stage) => readonly SourceViolation[]): SourceRule => ({
  id,
  on: ['dockerfile'],
  check: (source) => stagesOf(source).flatMap(find),
});

const imageRule = (id: string, pattern: RegExp, message: string, how: string): SourceRule => ({
  id,
  on: ['dockerfile', 'yaml', 'shell', 'other'],
  check(source) {
    return logicalLines(source.code).flatMap(({ line, text }) => {
      const image =
        /^\s*FROM\s+(?:--\S+\s+)*(\S+)/i.exec(text)?.[1] ?? /\bimage["']?\s*[:=]\s*["']?([^\s"',]+)/i.exec(text)?.[1];
      return image !== undefined && pattern.test(image) ? [{ line, field: image, message, how }] : [];
    });
  },
});

const alpine: SourceRule = {
  id: 'plat-alpine',
  on: ['dockerfile', 'yaml', 'shell', 'other'],
  check(source) {
    const tell = {
      message: 'Kong has no Alpine images and packages any more; tags without a system are Ubuntu',
      how: 'take a tag with its system (3.4-ubuntu, 3.4-debian, 3.4-rhel) and apt-get or dnf in place of apk',
    };
    const images =
      imageRule('plat-alpine', /(?:^|\/)kong(?:-gateway)?:\S*alpine/, tell.message, tell.how).check(source) ?? [];
    if (source.language !== 'dockerfile') return images;
    return [
      ...images,
      ...stagesOf(source)
        .filter(({ image }) => KONG_IMAGE.test(image))
        .flatMap(({ line, image, steps }) => {
          const apk = steps.filter(({ text }) => /\bapk\s+(?:--\S+\s+)*(add|update|upgrade)\b/.test(text));
          // What it runs was written for the system that the tag meant; without a RUN nothing depends on it.
          const isAnySystem = /:((0|1|2|3\.[0-3])(\.\d+)*|latest)$/.test(image) || !image.includes(':');
          const runs = steps.some(({ text }) => /^\s*RUN\b/i.test(text));
          return [
            ...(isAnySystem && runs
              ? [
                  {
                    line,
                    field: image,
                    ...tell,
                    message: `${image} names no system: it was Alpine, from 3.4 on it is Ubuntu`,
                  },
                ]
              : []),
            ...apk.map((step) => ({ line: step.line, field: 'apk', ...tell })),
          ];
        }),
    ];
  },
};

const TOOLS = ['curl', 'wget', 'unzip', 'git', 'gcc', 'make', 'luarocks'] as const;

const minimalImages = dockerRule('plat-minimal-images', ({ image, steps }) => {
  if (!KONG_IMAGE.test(image)) return [];
  const installs = steps.map(
    ({ text }) => /\b(apt-get|apt|yum|dnf|microdnf|apk)\b[^&|;]*\b(install|add)\b([^&|;]*)/.exec(text)?.[3] ?? '',
  );
  const has = (tool: string): boolean => installs.some((list) => new RegExp(`(^|\\s)${tool}\\b`).test(list));
  return steps.flatMap(({ line, text }) => {
    if (!/^\s*(RUN|HEALTHCHECK)\b/i.test(text)) return [];
    const isCalled = (tool: string): boolean =>
      new RegExp(`(^\\s*RUN\\s+|CMD\\s+|[;&|(]\\s*|\\[\\s*")(sudo\\s+)?${tool}\\b`, 'i').test(text);
    const missing = TOOLS.filter(
      (tool) => isCalled(tool) && !(tool === 'luarocks' ? has('unzip') || has('git') : has(tool)),
    );
    if (missing.length === 0) return [];
    return [
      {
        line,
        field: missing.join(', '),
        message:
          `${missing.join(', ')} in a step on ${image}: Debian and RHEL images of 3.x carry few tools` +
          (missing.includes('luarocks') ? ' (luarocks needs unzip or git)' : ''),
        how: 'build in a stage of your own and COPY the result; check health by kong health',
      },
    ];
  });
});

/** Images, packages and services that a cluster is built from. */
export const platformRules: readonly SourceRule[] = [
  alpine,
  minimalImages,
  imageRule(
    'plat-rhel8-image',
    /(?:^|\/)kong(?:-gateway)?:\S*(rhel|ubi8)/,
    'the RHEL image is RHEL 9, it was RHEL 8',
    'build and test on RHEL 9: another glibc, OpenSSL and set of packages',
  ),
  imageRule(
    'plat-ubuntu1804',
    /(?:^|\/)ubuntu:(18\.04|bionic)/,
    'Kong is no longer built for Ubuntu 18.04',
    'take ubuntu:22.04',
  ),
  imageRule(
    'plat-amazonlinux1',
    /(?:^|\/)amazonlinux:(1|2018)(\.|$|-)/,
    'Kong is no longer built for Amazon Linux 1',
    'take amazonlinux:2023',
  ),
  imageRule('plat-amazonlinux2022', /amazonlinux:?-?2022/, 'Amazon Linux 2022 is called 2023', 'take amazonlinux:2023'),
  imageRule(
    'plat-debian8-10',
    /(?:^|\/)debian:(8|10|jessie|buster)(\.|$|-)/,
    'Kong is no longer built for Debian 8 and 10',
    'take debian:12',
  ),
  lineRule(
    'plat-systemd-unit',
    /\b(systemctl\s+(-\S+\s+)*[a-z-]+|service)\s+(--\S+\s+)*kong(\.service)?(?=$|[\s"';&|])/,
    {
      field: 'kong.service',
      message:
        'the unit of Kong Gateway Enterprise is kong.service in 3.2 only; from 3.3 it is kong-enterprise-edition.service again',
      how: 'use kong-enterprise-edition for an Enterprise package',
    },
    { on: ['shell', 'yaml', 'dockerfile', 'python', 'javascript', 'other'] },
  ),
  lineRule(
    'conf-go-pluginserver',
    /\bgo-pluginserver\b|(?:\b|_)go_plugins_dir\b|(?:\b|_)go_pluginserver_exe\b|-buildmode[= ]plugin\b/i,
    {
      field: 'go-pluginserver',
      message:
        'Go plugins built for go-pluginserver (go_plugins_dir, -buildmode plugin) are not loaded; Kong says nothing',
      how: 'build each as a program with the server of go-pdk, and name it in pluginserver_names',
    },
  ),
  lineRule('plat-nginx-template-serve-admin', /\bKong\.serve_admin_api\b/, {
    field: 'Kong.serve_admin_api',
    message: 'the alias Kong.serve_admin_api is gone: Nginx answers 500 on the Admin API',
    how: 'replace it by Kong.admin_content',
  }),
  lineRule('plat-nginx-template-diff', /\bkong\s+(start|restart|reload|prepare)\b.*\s--nginx-conf\b/, {
    field: '--nginx-conf',
    message: 'a custom Nginx template is of its Kong version: the ones that Kong brings differ in each minor',
    how: 'make it again from kong/templates/nginx*.lua of the new version, with your changes',
  }),
  lineRule(
    'declarative-lua-import',
    /\bkong\s+config\s+(db_import|parse)\s[^|;&]*\.lua\b|(?:\b|_)declarative_config["']?\s*[:=]\s*\S+\.lua\b/i,
    {
      field: '.lua',
      message: 'a declarative configuration in Lua is refused: only YAML and JSON are read',
      how: 'on 2.8: kong config db_export kong.yml after importing it, and use that file',
    },
  ),
  lineRule('deck-old-file-overwrite', /\bdeck\s+(-\S+\s+([^-\s]\S*\s+)?)*(gateway\s+)?(sync|apply|reset)\b/, {
    field: 'deck sync',
    message:
      'a pipeline that writes Kong: with files of 2.x decK stops with exit 1 at a 3.x node; a file whose _format_version alone was changed overwrites the migrated routes',
    how: 'stop it from the freeze to the teardown, convert its files (`check declarative --write`), then point it to the new cluster',
  }),
];
