/** @module Tags: given at creation, added later, shown by every Describe call. */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import type { World } from '../../world/world.ts';
import { answer } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';

export type Tag = readonly [key: string, value: string];

/** Reads `TagSpecification.N`. @throws AwsError `InvalidParameterValue` for a resource that the call does not create */
export function readTagSpecifications(form: Form, resourceType: string): readonly Tag[] {
  return form.structures('TagSpecification').flatMap((prefix) => {
    const type = form.required(`${prefix}.ResourceType`);
    if (type === resourceType) return readTags(form, `${prefix}.Tag`);
    throw new AwsError('InvalidParameterValue', `'${type}' is not a valid taggable resource type for this operation.`);
  });
}

/** Resources that the lab has no record of are accepted, as nothing depends on their tags. */
export function createTags(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const resourceIds = form.list('ResourceId');
  const tags = readTags(form, 'Tag');
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  for (const resourceId of resourceIds) world.tag(resourceId, tags);
  return answer(form.action, request.requestId, { return: true });
}

function readTags(form: Form, name: string): readonly Tag[] {
  return form.structures(name).map((prefix) => [form.required(`${prefix}.Key`), form.text(`${prefix}.Value`) ?? '']);
}
