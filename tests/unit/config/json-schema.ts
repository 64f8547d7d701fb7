/** The part of JSON Schema that the shipped schema uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
}

const KNOWN = new Set(
  'type enum oneOf not $ref $defs properties additionalProperties propertyNames required items minItems maxItems minimum maximum exclusiveMinimum minLength maxLength pattern default description title $schema'.split(
    ' ',
  ),
);

/** What is wrong with a value, as `path: why`. Throws for a keyword that it would have to leave out. */
export function schemaProblems(root: Schema, value: unknown, schema: Schema = root, path = '$'): string[] {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown !== undefined) throw new Error(`The check does not know the keyword ${unknown}.`);
  const at = (child: Schema, childValue: unknown, part: string): string[] =>
    schemaProblems(root, childValue, child, `${path}${part}`);
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    if (!target) throw new Error(`The schema has no ${schema.$ref}.`);
    return at(target, value, '');
  }
  const problems: string[] = [];
  const refuse = (wrong: boolean, why: string): void => {
    if (wrong) problems.push(`${path}: ${why}`);
  };
  const types = schema.type === undefined ? null : [schema.type].flat();
  refuse(types !== null && !typesOf(value).some((type) => types.includes(type)), `is no ${types?.join(' or ') ?? ''}`);
  refuse(schema.enum !== undefined && !schema.enum.includes(value), 'is not one of the list');
  refuse(schema.not !== undefined && at(schema.not, value, '').length === 0, 'is what it must not be');
  const fitting = schema.oneOf?.filter((one) => at(one, value, '').length === 0).length;
  refuse(fitting !== undefined && fitting !== 1, `fits ${fitting ?? 0} of the ways to write it`);
  if (typeof value === 'number') {
    refuse(value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity), 'is out of range');
    refuse(value <= (schema.exclusiveMinimum ?? -Infinity), 'is too small');
  }
  if (typeof value === 'string') {
    refuse(
      value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity),
      'has a wrong length',
    );
    refuse(schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value), 'does not look right');
  }
  if (Array.isArray(value)) {
    refuse(value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity), 'has a wrong length');
    const { items } = schema;
    if (items) problems.push(...value.flatMap((item: unknown, index) => at(items, item, `[${index}]`)));
  } else if (typeof value === 'object' && value !== null) {
    problems.push(...mappingProblems(schema, value as Record<string, unknown>, path, at));
  }
  return problems;
}

function mappingProblems(
  { required = [], properties = {}, additionalProperties, propertyNames }: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  at: (child: Schema, value: unknown, part: string) => string[],
): string[] {
  const missing = required.filter((key) => !(key in value)).map((key) => `${path}: has no ${key}`);
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, child]) => {
      const known = properties[key] ?? additionalProperties;
      const wrongName = propertyNames ? at(propertyNames, key, `.${key}`) : [];
      if (known === false) return [...wrongName, `${path}: knows no ${key}`];
      return [...wrongName, ...(typeof known === 'object' ? at(known, child, `.${key}`) : [])];
    }),
  ];
}

function typesOf(value: unknown): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
  return [typeof value];
}
