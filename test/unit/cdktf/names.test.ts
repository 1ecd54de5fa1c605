import { settingsSchema } from '../../../lib/settings/schema';
import { CASES } from '../conformance/cases';
import { terraformJson } from '../conformance/drive';

/** Characters that AWS takes in a name (each service's API reference). */
const LONGEST: Readonly<Record<string, number>> = {
  aws_iam_role: 64,
  aws_iam_role_policy: 128,
  aws_lambda_function: 64,
  aws_sfn_state_machine: 80,
  aws_cloudwatch_log_group: 512,
  aws_cloudwatch_event_rule: 64,
  aws_cloudwatch_metric_alarm: 255,
  aws_dynamodb_table: 255,
  aws_db_instance: 63,
  aws_db_parameter_group: 255,
  aws_db_subnet_group: 255,
  aws_ecs_cluster: 255,
  aws_ecs_service: 255,
  aws_ecs_task_definition: 255,
  aws_lb: 32,
  aws_lb_target_group: 32,
  aws_secretsmanager_secret: 512,
  aws_security_group: 255,
  aws_ssm_parameter: 1011,
};
const NAMES = ['name', 'identifier', 'alarm_name', 'function_name', 'family'];

/** Two slots or a tester header: most of what is made. */
const MOST = Object.keys(CASES)
  .filter((name) => CASES[name]!.settings.slots.green || CASES[name]!.settings.edge.testerHeader)
  .slice(0, 4);

describe("given a system's name as long as the settings allow", () => {
  const longest = 'k'.repeat(30);
  test.each(MOST)('with %s, every name is short enough for AWS', (name) => {
    const { settings, lock } = CASES[name]!;
    const stacks = terraformJson({ settings: settingsSchema.parse({ ...settings, name: longest }), lock });
    const tooLong = Object.values(stacks).flatMap(({ resource }) =>
      Object.entries(resource ?? {}).flatMap(([type, blocks]) =>
        Object.values(blocks).flatMap((block) =>
          NAMES.flatMap((key) => {
            const name = block[key];
            if (typeof name !== 'string' || name.includes('${')) return [];
            return name.length > (LONGEST[type] ?? 255) ? [`${type} ${name}: ${name.length}`] : [];
          }),
        ),
      ),
    );
    expect(tooLong).toEqual([]);
  });
});
