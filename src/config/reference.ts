import * as z from "zod";
import { rules } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { Settings } from "./settings.js";

/** One option as the reference, the template and editors show it. All of it comes from the schema. */
export interface Option {
  readonly name: string;
  readonly description: string;
  /** In words: "text", "list of text", "`a` or `b`". */
  readonly type: string;
  /** Absent where there is none. An empty list or mapping is one. */
  readonly default?: unknown;
  /** A value to show where the default shows nothing. */
  readonly example?: unknown;
  /** Of a section. */
  readonly options: readonly Option[];
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The settings file's JSON Schema, for editors. */
export function settingsJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(Settings, { io: "input" });
  return { ...schema, title: "plan-gate.yml", description: "Settings of plan-gate." };
}

/** Every option of the settings file, in the schema's order; `rules` apart, which are in `ruleReference`. */
export function settingsOptions(): readonly Option[] {
  return optionsOf(settingsJsonSchema()).map((option) =>
    option.name === "rules" ? { ...option, options: [] } : option,
  );
}

/** Every rule, in the registry's order. */
export function ruleReference(): readonly Rule[] {
  return rules;
}

function optionsOf(schema: JsonSchema): readonly Option[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]): Option => {
    if (typeof property !== "object") throw new Error(`the option ${name} has no schema`);
    const { description = "", default: value, examples } = property;
    return {
      name,
      description,
      type: typeOf(property),
      ...(value === undefined ? {} : { default: value }),
      ...(examples?.[0] === undefined ? {} : { example: examples[0] }),
      options: optionsOf(property),
    };
  });
}

function typeOf(schema: z.core.JSONSchema._JSONSchema | undefined): string {
  if (typeof schema !== "object") return "anything";
  if (schema.enum) return [...new Set(schema.enum.map((value) => `\`${value}\``))].join(", ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
      return "whole number";
    case "boolean":
      return "`true` or `false`";
    case "array":
      return Array.isArray(schema.items) ? "list" : `list of ${typeOf(schema.items)}`;
    case "object":
      return typeof schema.additionalProperties === "object"
        ? `mapping of names to ${typeOf(schema.additionalProperties)}`
        : "mapping";
    default:
      return String(schema.type);
  }
}
