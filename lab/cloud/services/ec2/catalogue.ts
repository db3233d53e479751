/** @module What EC2 offers to everybody: types of instances, and images. The lab has a few of the one and one of the other. */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import { ADDRESSES_PER_INTERFACE, type InstanceType } from '../../world/model.ts';
import { answer } from './answers.ts';

/** Nothing boots from it. */
const IMAGE_ID = 'ami-0000000000000000a';

/** @throws AwsError `InvalidInstanceType` */
export function describeInstanceTypes(request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const types = form.list('InstanceType');
  form.end();
  const unknown = types.filter((each) => !isInstanceType(each));
  if (types.length === 0) throw notModelled('DescribeInstanceTypes without a type');
  if (unknown.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  return answer(form.action, request.requestId, {
    instanceTypeSet: {
      item: types.filter(isInstanceType).map((instanceType) => ({
        instanceType,
        networkInfo: { ipv4AddressesPerInterface: ADDRESSES_PER_INTERFACE[instanceType] },
      })),
    },
  });
}

export function describeImages(request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  for (const imageId of form.list('ImageId')) checkImage(imageId);
  form.list('Owner');
  form.end();
  const item = {
    imageId: IMAGE_ID,
    imageState: 'available',
    imageType: 'machine',
    architecture: 'arm64',
    name: 'lab',
    description: 'the only image of the lab; nothing boots from it',
    imageOwnerAlias: 'amazon',
    isPublic: true,
    rootDeviceType: 'ebs',
  };
  return answer(form.action, request.requestId, { imagesSet: { item } });
}

/** @throws AwsError `InvalidAMIID.NotFound` */
function checkImage(imageId: string): void {
  if (imageId === IMAGE_ID) return;
  throw new AwsError('InvalidAMIID.NotFound', `The image id '[${imageId}]' does not exist`);
}

/**
 * Whatever an instance boots from: here nothing does, so any image will do.
 *
 * @throws AwsError `InvalidAMIID.Malformed`
 */
export function checkImageId(imageId: string): void {
  if (/^ami-[0-9a-f]{8,17}$/.test(imageId)) return;
  throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${imageId}" (expecting "ami-...")`);
}

export function isInstanceType(type: string): type is InstanceType {
  return Object.hasOwn(ADDRESSES_PER_INTERFACE, type);
}
