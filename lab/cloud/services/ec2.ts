/** @module EC2 as far as a failover needs it: the VPCs, groups, interfaces and instances of one world. */
import type { AwsService } from '../service.ts';
import { operations } from '../wire/operations.ts';
import type { World } from '../world/world.ts';
import { describeImages, describeInstanceTypes } from './ec2/catalogue.ts';
import {
  describeInstanceAttribute,
  describeInstances,
  modifyInstanceAttribute,
  startInstances,
  stopInstances,
  terminateInstances,
} from './ec2/instances.ts';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
} from './ec2/network-interfaces.ts';
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from './ec2/private-addresses.ts';
import { runInstances } from './ec2/run-instances.ts';
import {
  authorizeRules,
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroups,
  revokeRules,
} from './ec2/security-groups.ts';
import { createTags } from './ec2/tags.ts';
import { createSubnet, createVpc, deleteSubnet, deleteVpc, describeSubnets, describeVpcs } from './ec2/vpcs.ts';

export function ec2Service(world: World): AwsService {
  return operations('ec2', {
    RunInstances: (request) => runInstances(world, request),
    DescribeInstances: (request) => describeInstances(world.asOf(request.staleMs), request),
    StopInstances: (request) => stopInstances(world, request),
    StartInstances: (request) => startInstances(world, request),
    TerminateInstances: (request) => terminateInstances(world, request),
    DescribeInstanceAttribute: (request) => describeInstanceAttribute(world.asOf(request.staleMs), request),
    ModifyInstanceAttribute: (request) => modifyInstanceAttribute(world, request),
    DescribeInstanceTypes: (request) => describeInstanceTypes(request),
    DescribeImages: (request) => describeImages(request),

    CreateNetworkInterface: (request) => createNetworkInterface(world, request),
    DescribeNetworkInterfaces: (request) => describeNetworkInterfaces(world.asOf(request.staleMs), request),
    ModifyNetworkInterfaceAttribute: (request) => modifyNetworkInterfaceAttribute(world, request),
    DeleteNetworkInterface: (request) => deleteNetworkInterface(world, request),
    AssignPrivateIpAddresses: (request) => assignPrivateIpAddresses(world, request),
    UnassignPrivateIpAddresses: (request) => unassignPrivateIpAddresses(world, request),

    CreateSecurityGroup: (request) => createSecurityGroup(world, request),
    DescribeSecurityGroups: (request) => describeSecurityGroups(world.asOf(request.staleMs), request),
    DeleteSecurityGroup: (request) => deleteSecurityGroup(world, request),
    AuthorizeSecurityGroupIngress: (request) => authorizeRules(world, request, 'ingress'),
    AuthorizeSecurityGroupEgress: (request) => authorizeRules(world, request, 'egress'),
    RevokeSecurityGroupIngress: (request) => revokeRules(world, request, 'ingress'),
    RevokeSecurityGroupEgress: (request) => revokeRules(world, request, 'egress'),

    CreateVpc: (request) => createVpc(world, request),
    DescribeVpcs: (request) => describeVpcs(world.asOf(request.staleMs), request),
    DeleteVpc: (request) => deleteVpc(world, request),
    CreateSubnet: (request) => createSubnet(world, request),
    DescribeSubnets: (request) => describeSubnets(world.asOf(request.staleMs), request),
    DeleteSubnet: (request) => deleteSubnet(world, request),
    CreateTags: (request) => createTags(world, request),
  });
}
