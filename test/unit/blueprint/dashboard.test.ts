import { dashboardBody } from '../../../lib/blueprint/dashboard';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title: string; readonly metrics?: unknown[][] } & Readonly<Record<string, unknown>>;
}
const { widgets } = dashboardBody({
  stackName: 'kong-edge',
  region: 'eu-central-1',
  spec: { errorShare: 0.02, p99Seconds: 1.5 },
  loadBalancerFullName: 'app/kong/1',
  targetGroupFullNames: { blue: 'targetgroup/blue/2', green: 'targetgroup/green/3' },
  alarmArns: ['arn:alarm/1', 'arn:alarm/2'],
}) as unknown as { readonly widgets: Widget[] };
const graphs = widgets.filter(({ type }) => type === 'metric');
const graph = (title: string) => graphs.find(({ properties }) => properties.title.startsWith(title))!.properties;
const options = (row: unknown[]) => row.at(-1) as Readonly<Record<string, unknown>>;

test('given the dashboard, then the state of every alarm is its first line', () => {
  expect(widgets[0]).toMatchObject({
    type: 'alarm',
    y: 0,
    width: 24,
    properties: { title: 'kong-edge: alarms', alarms: ['arn:alarm/1', 'arn:alarm/2'] },
  });
});

test('given its widgets, then none lies over another and all fit the 24 columns', () => {
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
});

test.each(['Requests', 'Share of requests', 'Healthy nodes', 'Share of errors', '99th percentile'])(
  'given the graph “%s”, then both slots are in it, in their own colours',
  (title) => {
    const shown = graph(title).metrics!.filter((row) => options(row)['visible'] !== false);
    expect(shown.map((row) => [options(row)['label'], options(row)['color']])).toEqual([
      ['blue', '#1f77b4'],
      ['green', '#2ca02c'],
    ]);
  },
);

test('given a graph with an alarm, then it shows where that is', () => {
  const limits = graphs.map(({ properties: { title, annotations } }) => [title, annotations]);
  expect(limits.filter(([, annotations]) => annotations !== undefined)).toEqual([
    ['Share of errors', { horizontal: [expect.objectContaining({ value: 0.02 })] }],
    ['99th percentile, seconds', { horizontal: [expect.objectContaining({ value: 1.5 })] }],
  ]);
});

test('given a graph of expressions, then each of their metrics stands in it once, and is not drawn', () => {
  for (const { properties } of graphs) {
    const ids = properties.metrics!.flatMap((row) => (options(row)['id'] === undefined ? [] : [options(row)['id']]));
    expect(new Set(ids).size).toBe(ids.length);
    const expressions = properties.metrics!.map((row) => JSON.stringify(options(row)['expression'] ?? ''));
    for (const id of ids) expect(expressions.join(' ')).toContain(String(id));
  }
});
