/**
 * The reference of the admin API, from its OpenAPI document.
 * @module
 */
import { openApiDocument } from "../../lib/manage/open-api-document.ts";
import { code, GENERATED, ORIGIN, page, table } from "./markdown-parts.ts";

/** The part of JSON Schema that the document uses. */
interface Schema {
  /** Several if one of them is null. */
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly propertyNames?: Schema;
}

interface Content {
  readonly content?: { readonly "application/json": { readonly schema: Schema } };
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: { readonly 200?: Content };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The only call that isn't an admin's. */
const OWN_QUOTA = "quota";

const GROUPS: Readonly<Record<string, string>> = {
  [OWN_QUOTA]: "With any access token",
  "provider-keys": "Provider keys",
  "quota-limits": "Limits of keys",
  import: "Import keys",
  members: "Members",
  budgets: "Budgets",
  "access-tokens": "Access tokens",
  "custom-providers": "Custom providers",
  "model-aliases": "Model aliases",
  settings: "Settings",
  usage: "Usage",
  requests: "Requests",
  incidents: "Incidents",
  doctor: "Doctor",
};

export function apiPage(): string {
  // The document's type is that of its sources; here it is read as plain JSON.
  const document: Document = JSON.parse(JSON.stringify(openApiDocument("")));
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== "parameters")
      .map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = Map.groupBy(operations, ({ path }) => path.split("/")[3] ?? OWN_QUOTA);
  return page(
    "# Admin API",
    GENERATED,
    `Scripts can do everything that the portal does to keys, tokens, aliases and settings. Send an admin token (a token of ${code("AUTH_KEY")} without restrictions) as ${code("Authorization: Bearer")} or ${code("x-api-key")}. Bodies are JSON; unknown fields are rejected. Times are epoch milliseconds; filters and inputs also take ISO 8601. OpenAPI document: ${code("GET /api/openapi.json")}. Error codes: [Errors](errors.md#admin-api).`,
    "List active keys that can serve a model, ten per page:",
    run("api-list-keys", [
      `curl "${ORIGIN}/api/admin/provider-keys?provider=openai&model=gpt-5-mini&limit=10" \\`,
      '  -H "Authorization: Bearer $ADMIN_TOKEN"',
    ]),
    "What each model used and cost, day by day:",
    run("api-usage", [
      `curl "${ORIGIN}/api/admin/usage?bucket=day&groupBy=model" \\`,
      '  -H "Authorization: Bearer $ADMIN_TOKEN"',
    ]),
    "For Prometheus:",
    run("api-metrics", [`curl ${ORIGIN}/api/metrics -H "Authorization: Bearer $ADMIN_TOKEN"`]),
    ...[...groups].flatMap(([name, calls]) => [
      `## ${GROUPS[name] ?? name}`,
      ...calls.flatMap(({ method, path, operation }) => operationParts(method, path, operation)),
    ]),
  );
}

function run(name: string, lines: readonly string[]): string {
  return `<!-- run: ${name} -->\n\`\`\`bash\n${lines.join("\n")}\n\`\`\``;
}

function operationParts(method: string, path: string, operation: Operation): string[] {
  const query = operation.parameters ?? [];
  const body = schemaOf(operation.requestBody);
  const answer = schemaOf(operation.responses[200]);
  return [
    `### ${method.toUpperCase()} ${path.replace("/api/admin/", "")}`,
    `${operation.summary}.`,
    ...(query.length === 0
      ? []
      : [
          table(
            ["Query", "Type", "Meaning"],
            query.map(({ name, schema }) => [code(name), typeOf(schema), schema.description ?? ""]),
          ),
        ]),
    ...(body === null ? [] : [table(["Field", "Type", "Meaning"], fieldRows(body))]),
    answer === null
      ? `Answers 204.`
      : `<!-- made from the schema -->\n\`\`\`text\n${shapeOf(answer, "")}\n\`\`\``,
  ];
}

function schemaOf(part: Content | undefined): Schema | null {
  return part?.content?.["application/json"].schema ?? null;
}

/** A row for each field, those of nested objects as `targets[].model`. Required ones are marked. */
function fieldRows(schema: Schema, prefix = ""): string[][] {
  return alternatives(
    objectsIn(schema).map(({ schema: { properties = {}, required = [] }, step }) =>
      Object.entries(properties).flatMap(([name, field]) => {
        const path = prefix === "" ? name : `${prefix}${step}${name}`;
        return [
          [
            `${code(path)}${required.includes(name) ? " (required)" : ""}`,
            typeOf(field),
            field.description ?? "",
          ],
          ...fieldRows(field, path),
        ];
      }),
    ),
  );
}

function alternatives(rows: readonly string[][][]): string[][] {
  return rows.flatMap((each, index) => (index === 0 ? each : [["or", "", ""], ...each]));
}

/** The objects that a schema may be, itself or as the items of a list, with the path to their fields. */
function objectsIn(schema: Schema): { readonly schema: Schema; readonly step: string }[] {
  if (schema.properties !== undefined) return [{ schema, step: "." }];
  if (schema.items !== undefined) {
    return objectsIn(schema.items).map((inner) => ({ ...inner, step: `[]${inner.step}` }));
  }
  return (schema.anyOf ?? schema.oneOf ?? []).flatMap(objectsIn);
}

function typeOf(schema: Schema): string {
  const type = bareType(schema);
  return schema.default === undefined
    ? type
    : `${type}, default ${code(JSON.stringify(schema.default))}`;
}

function bareType(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.const !== undefined) return code(String(schema.const));
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return [...new Set(variants.map(bareType))].join(" or ");
  if (schema.type === "array") {
    return schema.items === undefined ? "list" : `list of ${plural(bareType(schema.items))}`;
  }
  if (schema.type === "integer" || schema.type === "number") return numberType(schema);
  return typeName(schema);
}

function typeName({ type = "any value" }: Schema): string {
  return typeof type === "string" ? type : type.join(" or ");
}

function plural(type: string): string {
  return type.replaceAll(/\b(?:string|integer|number|object)\b/g, "$&s");
}

function numberType(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum } = schema;
  const type = typeName(schema);
  // The bounds of every JavaScript integer say nothing.
  const isSaid = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;
  if (isSaid(minimum) && isSaid(maximum)) return `${type} from ${minimum} to ${maximum}`;
  if (isSaid(minimum)) return `${type} from ${minimum}`;
  if (isSaid(maximum)) return `${type} up to ${maximum}`;
  return exclusiveMinimum === undefined ? type : `${type} above ${exclusiveMinimum}`;
}

/** A response's shape, field by field, as in JSON. */
function shapeOf(schema: Schema, indent: string): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) {
    return variants.map((variant) => shapeOf(variant, indent)).join(" or ");
  }
  if (schema.type === "array") {
    return schema.items === undefined ? "[]" : `[${shapeOf(schema.items, indent)}, …]`;
  }
  if (schema.properties !== undefined) {
    const inner = `${indent}  `;
    const lines = Object.entries(schema.properties).map(([name, field]) => {
      const comment = field.description === undefined ? "" : `  // ${field.description}`;
      return `${inner}"${name}": ${shapeOf(field, inner)}${comment}`;
    });
    return `{\n${lines.join("\n")}\n${indent}}`;
  }
  if (typeof schema.additionalProperties === "object") {
    return `{name: ${shapeOf(schema.additionalProperties, indent)}, …}`;
  }
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  return typeName(schema);
}
