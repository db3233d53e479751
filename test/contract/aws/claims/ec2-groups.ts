import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcCommand,
  DescribeSecurityGroupsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { refusal, refusalOf } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { given } from '../fixtures/network.ts';
import { groupsOf, setGroups } from '../probes/network.ts';

const UNKNOWN = 'sg-0fedcba9876543210';

export function ec2GroupContract(claim: Claim): void {
  claim('a change of groups replaces the whole set', ['groupsReplace'], async (scene) => {
    const network = await scene.network();
    const id = await network.addInterface();
    expect(await groupsOf(scene, id)).toEqual([network.groupId]);
    for (const groups of [[network.fenceGroupId], [network.groupId, network.fenceGroupId], [network.groupId]]) {
      await setGroups(scene, id, groups);
      await scene.eventually(async () => expect(await groupsOf(scene, id)).toEqual(groups.toSorted()));
    }
  });

  claim(
    'neither an unknown group is taken nor one of another VPC, and the groups stay',
    ['groupsChecked'],
    async (scene) => {
      const { ec2 } = scene.clients;
      const network = await scene.network();
      const id = await network.addInterface();
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.43.0.0/16' }));
      const VpcId = given(Vpc?.VpcId, 'CreateVpc', 'VpcId');
      scene.onClose(VpcId, () => ec2.send(new DeleteVpcCommand({ VpcId })));
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand({
          VpcId,
          GroupName: scene.name('foreign'),
          Description: 'of the contract suite',
        }),
      );
      const foreign = given(GroupId, 'CreateSecurityGroup', 'GroupId');
      scene.onClose(foreign, () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: foreign })));
      expect(await refusal(setGroups(scene, id, [network.fenceGroupId, UNKNOWN]))).toBe('InvalidGroup.NotFound');
      expect(await refusalOf(setGroups(scene, id, [foreign]))).toMatchObject({
        name: 'InvalidGroup.NotFound',
        message: expect.stringContaining('belong to different networks'),
      });
      expect(await groupsOf(scene, id)).toEqual([network.groupId]);
    },
  );

  claim('an interface has at most five groups', ['groupLimit'], async (scene) => {
    const network = await scene.network();
    const six = await Promise.all(Array.from({ length: 6 }, () => network.addGroup()));
    const id = await network.addInterface();
    expect(await refusal(setGroups(scene, id, six.slice(0, 5)))).toBe('accepted');
    expect(await refusal(setGroups(scene, id, six))).toBe('SecurityGroupsPerInterfaceLimitExceeded');
  });

  claim('a dry run of a change of groups changes nothing', ['dryRun'], async (scene) => {
    const network = await scene.network();
    const id = await network.addInterface();
    const change = { NetworkInterfaceId: id, Groups: [network.fenceGroupId], DryRun: true };
    const error = await refusalOf(scene.clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand(change)));
    expect(error).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
    expect(await groupsOf(scene, id)).toEqual([network.groupId]);
  });

  claim('rules come and go, and no rule is there twice', [], async (scene) => {
    const { ec2 } = scene.clients;
    const network = await scene.network();
    const GroupId = await network.addGroup();
    const IpPermissions = [
      { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, UserIdGroupPairs: [{ GroupId: network.groupId }] },
      { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3307, IpRanges: [{ CidrIp: '10.42.0.0/16' }] },
    ];
    const authorize = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions });
    const rules = async () => {
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
      return (SecurityGroups?.[0]?.IpPermissions ?? []).flatMap(({ FromPort, ToPort, UserIdGroupPairs, IpRanges }) => [
        ...(UserIdGroupPairs ?? []).map((pair) => `${pair.GroupId} ${FromPort}-${ToPort}`),
        ...(IpRanges ?? []).map((range) => `${range.CidrIp} ${FromPort}-${ToPort}`),
      ]);
    };
    expect(await rules()).toEqual([]);
    await ec2.send(authorize);
    const both = [`${network.groupId} 3306-3306`, '10.42.0.0/16 3306-3307'];
    await scene.eventually(async () => expect((await rules()).toSorted()).toEqual(both.toSorted()));
    expect(await refusal(ec2.send(authorize))).toBe('InvalidPermission.Duplicate');
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    await scene.eventually(async () => expect(await rules()).toEqual([]));
    expect(await refusal(ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })))).toBe(
      'InvalidPermission.NotFound',
    );
  });

  claim('a group that an interface has is not deleted', ['dependencies'], async (scene) => {
    const network = await scene.network();
    const GroupId = await network.addGroup();
    const id = await network.addInterface();
    await setGroups(scene, id, [GroupId]);
    const remove = () => refusal(scene.clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await remove()).toBe('DependencyViolation');
    await setGroups(scene, id, [network.groupId]);
    await scene.eventually(async () => expect(await remove()).toBe('accepted'));
  });

  claim('an unknown group is not described', [], async (scene) => {
    const unknown = scene.clients.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [UNKNOWN] }));
    expect(await refusal(unknown)).toBe('InvalidGroup.NotFound');
  });

  claim('a repeated client token makes no second interface', ['clientTokens'], async (scene) => {
    const network = await scene.network();
    const clientToken = scene.name('token');
    const ids = [];
    for (const token of [clientToken, clientToken, `${clientToken}-2`]) {
      ids.push(await network.addInterface({ clientToken: token }));
    }
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });
}
