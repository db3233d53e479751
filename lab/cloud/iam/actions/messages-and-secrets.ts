/** @module What SNS's and Secrets Manager's calls are judged on: the topic, and the secret by its full ARN. */
import { arnOf, ask, type Call, jsonOf, type Mapping, type Mappings, tagsOf } from '../authorization.ts';

const onTopic =
  (action: string): Mapping =>
  ({ request }) =>
    ask(action, [new URLSearchParams(request.body.toString()).get('TopicArn') ?? '']);

export const SNS: Mappings = {
  Publish: onTopic('sns:Publish'),
  GetTopicAttributes: onTopic('sns:GetTopicAttributes'),
  Subscribe: onTopic('sns:Subscribe'),
};

export const SECRETS_MANAGER: Mappings = {
  GetSecretValue: (call) => {
    const secret = secretArn(call, jsonOf(call)['SecretId']);
    return ask('secretsmanager:GetSecretValue', [secret], tagsOf(call, secret));
  },
};

/** The ARN of a name ends in characters that only the service knows. A secret that isn't there has none of them. */
function secretArn({ account, world }: Call, id: unknown): string {
  return world.secrets.get(String(id))?.arn ?? arnOf(account, 'secretsmanager', 'secret:', id);
}
