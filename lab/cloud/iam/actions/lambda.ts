/** @module What Lambda's calls are judged on: the function, with its qualifier where one is named. */
import type { Account } from '../../account.ts';
import { arnOf, ask, type Mapping, type Mappings } from '../authorization.ts';

const onFunction =
  (action: string): Mapping =>
  ({ account, pathParameters: [name = ''], request }) => {
    const qualifier = request.query.get('Qualifier');
    return ask(action, [functionArn(account, qualifier === null ? name : `${name}:${qualifier}`)]);
  };

export const LAMBDA: Mappings = {
  Invoke: onFunction('lambda:InvokeFunction'),
  GetFunctionConfiguration: onFunction('lambda:GetFunctionConfiguration'),
};

/** Of a name, an ARN, or `account:function:name`; a qualifier stays where it is. */
export function functionArn(account: Account, name: string): string {
  return arnOf(account, 'lambda', 'function:', name.startsWith('arn:') ? name : name.replace(/^(\d+:)?function:/, ''));
}
