import { readKongConf } from '../../../../lib/compatibility/kong-conf';

const settings = (text: string) =>
  readKongConf(text, 'kong.conf').settings.map(({ name, value, line }) => [name, value, line]);
const error = (text: string): string => {
  try {
    readKongConf(text, 'kong.conf');
  } catch (caught) {
    return (caught as Error).message;
  }
  return 'none';
};

describe('a kong.conf is read as Kong reads it', () => {
  test('comments begin with # or ;, also behind a value, unless the # is escaped', () => {
    expect(settings('# a = 1\n ; b = 2\npg_host = db # RDS\npg_user = a#b\npg_password = a\\#b\n')).toEqual([
      ['pg_host', 'db', 3],
      ['pg_user', 'a', 4],
      ['pg_password', 'a#b', 5],
    ]);
  });

  test('a value holds further =, commas and quotes as they are', () => {
    expect(settings(`nginx_http_log_format = x '$a=$b', "c"\nprefix=/usr\n`)).toEqual([
      ['nginx_http_log_format', `x '$a=$b', "c"`, 1],
      ['prefix', '/usr', 2],
    ]);
  });

  test('a \\ at the end of a line goes on in the next that is no comment', () => {
    expect(settings('plugins = bundled, \\\n# mine\n  my-auth\npg_host = db\n')).toEqual([
      ['plugins', 'bundled,   my-auth', 1],
      ['pg_host', 'db', 4],
    ]);
  });

  test('other characters of a name than letters and digits are taken for _', () => {
    expect(settings('pg-host = db\nnginx.http.gzip = on\n')).toEqual([
      ['pg_host', 'db', 1],
      ['nginx_http_gzip', 'on', 2],
    ]);
  });

  test('CRLF and leading spaces do not matter', () => {
    expect(settings('  pg_host = db  \r\n\tpg_port\t=\t5432\r\n')).toEqual([
      ['pg_host', 'db', 1],
      ['pg_port', '5432', 2],
    ]);
  });

  test('a byte order mark becomes part of the first name', () => {
    expect(settings('\uFEFFpg_host = db\n')).toEqual([['____pg_host'.slice(1), 'db', 1]]);
  });

  test('its lines are kept byte for byte', () => {
    const text = '# x\r\n\r\npg_host=db\n\tpg_port = 1';
    expect(readKongConf(text, 'kong.conf').lines.join('')).toBe(text);
  });

  test('lines without = are named, Kong skips them', () => {
    expect(readKongConf('pg_host = db\npg_port 5432\n', 'kong.conf').idle).toEqual([2]);
  });
});

describe('what is no kong.conf is refused', () => {
  test.each([
    ['{"_format_version": "3.0"}', 'JSON'],
    ['_format_version: "3.0"\nservices:\n- name: a\n', 'YAML'],
    ['services:\n- name: a\n  url: http://a?b=c\n', 'YAML'],
    ['PK\0\0', 'binary'],
    ['pg_host = \uFFFD', 'not UTF-8'],
    ['hello\nworld\n', 'no line with'],
    ['<html>', 'XML'],
  ])('%j', (text, found) => {
    expect(error(text)).toContain(found);
    expect(error(text)).toContain('CONF_NOT_KONG_CONF');
  });

  test('a section, with its line, because Kong loses what follows', () => {
    expect(error('pg_host = db\n[kong]\n')).toMatch(/kong\.conf:2: .*CONF_LINE/s);
  });

  test('a continuation that goes on nowhere, because Kong loses it', () => {
    expect(error('pg_host = db\nplugins = a, \\\n')).toMatch(/kong\.conf:2: .*CONF_LINE/s);
  });

  test('no error shows a value', () => {
    expect(error('[pg_password = hunter2\n')).not.toContain('hunter2');
    expect(error('pg_password = hunter2 \\\n')).not.toContain('hunter2');
  });
});

test('an empty file and one of comments only are a kong.conf: all defaults', () => {
  expect(settings('')).toEqual([]);
  expect(settings('#pg_host = 127.0.0.1  # Host\n\n')).toEqual([]);
});
