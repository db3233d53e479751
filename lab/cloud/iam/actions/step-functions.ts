/** @module What Step Functions' calls are judged on: the state machine, or the execution. */
import { anything, ask, jsonOf, type Mapping, type Mappings } from '../authorization.ts';

const on =
  (action: string, field: 'stateMachineArn' | 'executionArn'): Mapping =>
  (call) =>
    ask(action, [String(jsonOf(call)[field])]);

export const STEP_FUNCTIONS: Mappings = {
  StartExecution: on('states:StartExecution', 'stateMachineArn'),
  ListExecutions: on('states:ListExecutions', 'stateMachineArn'),
  DescribeStateMachine: on('states:DescribeStateMachine', 'stateMachineArn'),
  ListStateMachines: anything('states:ListStateMachines'),
  DescribeExecution: on('states:DescribeExecution', 'executionArn'),
  GetExecutionHistory: on('states:GetExecutionHistory', 'executionArn'),
  StopExecution: on('states:StopExecution', 'executionArn'),
  RedriveExecution: on('states:RedriveExecution', 'executionArn'),
};
