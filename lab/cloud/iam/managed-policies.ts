/** @module The policies of AWS's own that the lab knows, by the end of their ARN. */

const allow = (...actions: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  AdministratorAccess: allow('*'),
  'service-role/AWSLambdaBasicExecutionRole': allow(...LOGS),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow(
    ...LOGS,
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ),
};

/** @throws Error naming those that the lab knows */
export function managedPolicy(arn: string): unknown {
  const document = DOCUMENTS[/:policy\/(.+)$/.exec(arn)?.[1] ?? ''];
  if (document !== undefined) return document;
  throw new Error(`the lab does not know the managed policy ${arn}; it knows ${Object.keys(DOCUMENTS).join(', ')}`);
}
