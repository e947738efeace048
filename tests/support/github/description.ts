import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

export type Json = Record<string, unknown>;

/** A schema of OpenAPI 3.0; what is true of one is asked as it comes up. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Content {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: Schema;
}
interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** One thing that can be asked of GitHub's REST API, as GitHub describes it. */
export interface Operation {
  /** "checks/create". */
  readonly id: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** Undefined where the answer has no JSON. */
  readonly answers: ReadonlyMap<number, Schema | undefined>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const description = withNulls(
  JSON.parse(readFileSync(join(import.meta.dirname, "openapi.json"), "utf8")),
) as Description;

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
const coercing = new Ajv({ strict: false, allErrors: true, validateSchema: false, coerceTypes: true });
for (const one of [ajv, coercing]) {
  formats.default(one);
  one.addFormat("repo.nwo", true);
  one.addSchema({ $id: "gh", components: description.components });
}

/** Parameters in which a slash is no end. */
const spansSegments = new Set(["path", "ref"]);

const operations: readonly Operation[] = Object.entries(description.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { operationId, parameters, requestBody, responses }]) => ({
    id: operationId,
    method: method.toUpperCase(),
    pattern: new RegExp(
      `^${path.replaceAll(/\{(\w+)\}/g, (_, name) => `(?<${name}>${spansSegments.has(name) ? ".+" : "[^/]+"})`)}$`,
    ),
    parameters: (parameters ?? []).map((parameter) => component<Parameter>(parameter)),
    body: jsonOf(requestBody),
    answers: new Map(Object.entries(responses).map(([status, content]) => [Number(status), jsonOf(content)])),
  })),
);

/** The operation that a request means, with the decoded parameters of its path. */
export function findOperation(
  method: string,
  path: string,
): { readonly operation: Operation; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const operation of operations) {
    const groups = operation.method === method ? operation.pattern.exec(path)?.groups : undefined;
    if (groups === undefined) continue;
    return {
      operation,
      params: Object.fromEntries(Object.entries(groups).map(([k, v]) => [k, decodeURIComponent(v)])),
    };
  }
  return undefined;
}

/** What GitHub would answer 422 to (`wrong`), and what it would silently ignore (`ignored`). */
export function checkRequest(
  operation: Operation,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: unknown,
): { readonly wrong: readonly string[]; readonly ignored: readonly string[] } {
  const inQuery = operation.parameters.filter((parameter) => parameter.in === "query");
  const given = Object.fromEntries(query);
  const wrong = operation.parameters.flatMap(({ name, schema, in: where }) => {
    const value = where === "path" ? params[name] : given[name];
    return value === undefined ? [] : errorsOf(coercing, schema, value).map((error) => `${name}: ${error}`);
  });
  const known = new Set(inQuery.map(({ name }) => name));
  return {
    wrong: [...wrong, ...(operation.body ? errorsOf(ajv, operation.body, body) : [])],
    ignored: [
      ...Object.keys(given).filter((name) => !known.has(name)),
      ...(operation.body ? unknownKeys(operation.body, body) : []),
    ],
  };
}

/** Where GitHub answers null, whatever its description says: a fork that was deleted, a label that nobody described. */
const nullInTruth = /\/head\/repo must be object$|\/labels\/\d+\/description must be string$/;

/** What is wrong with an answer, by the description. */
export function checkAnswer(operation: Operation, status: number, json: unknown): readonly string[] {
  const schema = operation.answers.get(status);
  if (schema === undefined || json === undefined) return [];
  return errorsOf(ajv, schema, json).filter((error) => !nullInTruth.test(error));
}

/** An answer of which only what matters was given: everything else that the description requires is filled in, empty. */
export function completeAnswer(operation: Operation, status: number, known: unknown): unknown {
  const schema = operation.answers.get(status);
  return schema === undefined ? known : complete(schema, known);
}

/** A value of a named schema, completed likewise. */
export function completeAs(schemaName: string, known: Json): Json {
  return complete({ $ref: `#/components/schemas/${schemaName}` }, known) as Json;
}

function complete(given: Schema, known: unknown): unknown {
  const schema = component<Schema>(given);
  if (known === undefined) return empty(schema);
  if (Array.isArray(known)) {
    const { items } = schema;
    if (items) return known.map((item) => complete(items, item));
  }
  if (typeof known !== "object" || known === null) return known;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const completed = choices.map((choice) => ({ choice, value: complete(choice, known) }));
    return (completed.find(({ choice, value }) => errorsOf(ajv, choice, value).length === 0) ?? completed[0])?.value;
  }
  if (schema.allOf) return schema.allOf.reduce<unknown>((value, part) => complete(part, value), known);
  if (Array.isArray(known)) return known;
  const properties = schema.properties ?? {};
  const lacking = (schema.required ?? []).filter((key) => !(key in known));
  const values = Object.entries(known).map(([key, value]) => {
    const property = properties[key];
    return [key, property === undefined ? value : complete(property, value)] as const;
  });
  return Object.fromEntries([...values, ...lacking.map((key) => [key, empty(properties[key] ?? {})] as const)]);
}

/** The emptiest value that a schema allows. */
function empty(given: Schema): unknown {
  const schema = component<Schema>(given);
  if (schema.nullable || schema.anyOf?.some(({ type }) => type === "null")) return null;
  if (schema.enum) return schema.enum[0];
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice) return empty(choice);
  if (schema.allOf || schema.properties) return complete(schema, {});
  switch (schema.type) {
    case "string":
      return emptyText(schema.format);
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return null;
  }
}

function emptyText(format: string | undefined): string {
  if (format === "uri") return "https://github.invalid/";
  if (format === "date-time") return "2008-02-08T00:00:00Z";
  return format === "email" ? "nobody@github.invalid" : "";
}

/** Keys of a request that the description does not know: GitHub ignores them, so they are slips of ours. */
function unknownKeys(given: Schema, value: unknown, path = ""): readonly string[] {
  const { properties, items } = component<Schema>(given);
  if (Array.isArray(value)) return items ? value.flatMap((item) => unknownKeys(items, item, `${path}/*`)) : [];
  if (properties === undefined || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const property = properties[key];
    return property === undefined ? [`${path}/${key}`] : unknownKeys(property, inner, `${path}/${key}`);
  });
}

const compiled = new Map<Ajv, Map<Schema, ValidateFunction>>([
  [ajv, new Map()],
  [coercing, new Map()],
]);

function errorsOf(by: Ajv, schema: Schema, value: unknown): string[] {
  const validate = compiled.get(by)?.get(schema) ?? by.compile(absolute(schema));
  compiled.get(by)?.set(schema, validate);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`);
}

function absolute(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"gh#/'));
}

function jsonOf(content: Content | undefined): Schema | undefined {
  return content && component<Content>(content).content?.["application/json"]?.schema;
}

/** What a `$ref` means; itself where there is none. */
function component<T extends { readonly $ref?: string }>(given: T): T {
  if (given.$ref === undefined) return given;
  const [, , kind = "", name = ""] = given.$ref.split("/");
  return component(description.components[kind]?.[name] as T);
}

/** OpenAPI's `nullable` also where JSON Schema knows it only beside a type. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNulls(inner)]));
  if (schema["nullable"] !== true) return schema;
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(null)) schema["enum"] = [...schema["enum"], null];
  if (schema["type"] !== undefined) return schema;
  const { nullable: _, ...rest } = schema;
  return { anyOf: [rest, { type: "null" }] };
}
