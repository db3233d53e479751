/**
 * @module Reads the input of the query protocols: one flat form in which lists are numbered and structures dotted.
 *
 * Guarantees: what a caller sent and no reader asked for is refused by `end()`, so that no parameter is ignored.
 */
import { AwsError, notModelled } from './aws-error.ts';

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

export class Form {
  readonly action: string;
  private readonly values: Map<string, string>;
  private readonly unread: Set<string>;

  constructor(body: Buffer) {
    this.values = new Map(new URLSearchParams(body.toString()));
    this.action = this.values.get('Action') ?? '';
    this.unread = new Set(this.values.keys());
    this.unread.delete('Action');
    this.unread.delete('Version');
  }

  text(name: string): string | undefined {
    this.unread.delete(name);
    return this.values.get(name);
  }

  /** @throws AwsError `MissingParameter` */
  required(name: string): string {
    const value = this.text(name);
    if (value) return value;
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  }

  /** @throws AwsError `InvalidParameterValue` when it is neither `true` nor `false` */
  flag(name: string): boolean {
    const value = this.text(name) ?? 'false';
    if (value === 'true' || value === 'false') return value === 'true';
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${value}) for parameter ${name} is invalid. Must be true or false`,
    );
  }

  /** `Name.1`, `Name.2` … */
  list(name: string): readonly string[] {
    const values: string[] = [];
    for (let index = 1; ; index += 1) {
      const value = this.text(`${name}.${index}`);
      if (value === undefined) return values;
      values.push(value);
    }
  }

  /** The prefixes of a list of structures, as far as there are fields: `Filter.1`, `Filter.2` … */
  structures(name: string): readonly string[] {
    const names = [...this.values.keys()];
    const prefixes: string[] = [];
    for (let index = 1; ; index += 1) {
      const prefix = `${name}.${index}`;
      if (!names.some((each) => each.startsWith(`${prefix}.`))) return prefixes;
      prefixes.push(prefix);
    }
  }

  /** A whole number. @throws AwsError `InvalidParameterValue` */
  whole(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined || /^-?\d+$/.test(value)) return value === undefined ? undefined : Number(value);
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${value}) for parameter ${name} is invalid. Expected an integer`,
    );
  }

  /** `Filter.1.Name`, `Filter.1.Value.1` … */
  filters(): readonly Filter[] {
    return this.structures('Filter').map((prefix) => ({
      name: this.required(`${prefix}.Name`),
      values: this.list(`${prefix}.Value`),
    }));
  }

  /** `<Name>.entry.1.Name`, `<Name>.entry.1.Value.StringValue`: message attributes. */
  entries(name: string): Readonly<Record<string, string>> {
    const entries: Record<string, string> = {};
    for (let index = 1; ; index += 1) {
      const key = this.text(`${name}.entry.${index}.Name`);
      if (key === undefined) return entries;
      this.text(`${name}.entry.${index}.Value.DataType`);
      entries[key] = this.required(`${name}.entry.${index}.Value.StringValue`);
    }
  }

  /** `<Name>.entry.1.key`, `<Name>.entry.1.value`: a map. */
  map(name: string): Readonly<Record<string, string>> {
    const entries: Record<string, string> = {};
    for (let index = 1; ; index += 1) {
      const key = this.text(`${name}.entry.${index}.key`);
      if (key === undefined) return entries;
      entries[key] = this.text(`${name}.entry.${index}.value`) ?? '';
    }
  }

  /** `Tags.member.1.Key`, `Tags.member.1.Value`. */
  tags(): Readonly<Record<string, string>> {
    const tags: Record<string, string> = {};
    for (let index = 1; ; index += 1) {
      const key = this.text(`Tags.member.${index}.Key`);
      if (key === undefined) return tags;
      tags[key] = this.text(`Tags.member.${index}.Value`) ?? '';
    }
  }

  /** Call once everything is read. @throws AwsError `NotImplemented` naming what nobody asked for */
  end(): void {
    if (this.unread.size > 0) throw notModelled(`${this.action} with ${[...this.unread].join(', ')}`);
  }
}
