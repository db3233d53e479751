/** @module What Route 53's calls are judged on: the hosted zone, and for a change of records what it does to which. */
import type { RequestContext } from '../conditions.ts';
import { parseChangeBatch } from '../../services/route53/change-batch.ts';
import { ask, type Call, type Mapping, type Mappings } from '../authorization.ts';

const onZone =
  (action: string, contextOf: (call: Call) => RequestContext = () => ({})): Mapping =>
  (call) =>
    ask(action, [`arn:aws:route53:::hostedzone/${call.pathParameters[0] ?? ''}`], contextOf(call));

export const ROUTE53: Mappings = {
  GetHostedZone: onZone('route53:GetHostedZone'),
  ListResourceRecordSets: onZone('route53:ListResourceRecordSets'),
  ChangeResourceRecordSets: onZone('route53:ChangeResourceRecordSets', changesOf),
  GetChange: ({ pathParameters: [id = ''] }) => ask('route53:GetChange', [`arn:aws:route53:::change/${id}`]),
};

function changesOf({ request }: Call): RequestContext {
  const changes = parseChangeBatch(request.body);
  return {
    'route53:changeresourcerecordsetsnormalizedrecordnames': changes.map(({ record }) => normalized(record.name)),
    'route53:changeresourcerecordsetsrecordtypes': changes.map(({ record }) => record.type),
    'route53:changeresourcerecordsetsactions': changes.map(({ action }) => action),
  };
}

/** Route 53 compares names in lower case, without the final dot. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
