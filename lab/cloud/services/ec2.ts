/** @module EC2 as far as a failover needs it: instances, interfaces, addresses and security groups of one world. */
import type { AwsService } from '../service.ts';
import { operations } from '../wire/operations.ts';
import type { World } from '../world/world.ts';
import {
  describeInstanceAttribute,
  describeInstances,
  describeInstanceTypes,
  modifyInstanceAttribute,
  startInstances,
  stopInstances,
} from './ec2/instances.ts';
import {
  assignPrivateIpAddresses,
  describeNetworkInterfaces,
  describeSecurityGroups,
  describeSubnets,
  modifyNetworkInterfaceAttribute,
  unassignPrivateIpAddresses,
} from './ec2/network-interfaces.ts';

export function ec2Service(world: World): AwsService {
  return operations('ec2', {
    DescribeInstances: (request) => describeInstances(world, request),
    DescribeInstanceTypes: (request) => describeInstanceTypes(request),
    StopInstances: (request) => stopInstances(world, request),
    StartInstances: (request) => startInstances(world, request),
    DescribeInstanceAttribute: (request) => describeInstanceAttribute(world, request),
    ModifyInstanceAttribute: (request) => modifyInstanceAttribute(world, request),
    DescribeNetworkInterfaces: (request) => describeNetworkInterfaces(world, request),
    DescribeSecurityGroups: (request) => describeSecurityGroups(world, request),
    DescribeSubnets: (request) => describeSubnets(world, request),
    ModifyNetworkInterfaceAttribute: (request) => modifyNetworkInterfaceAttribute(world, request),
    AssignPrivateIpAddresses: (request) => assignPrivateIpAddresses(world, request),
    UnassignPrivateIpAddresses: (request) => unassignPrivateIpAddresses(world, request),
  });
}
