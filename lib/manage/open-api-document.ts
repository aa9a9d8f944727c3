/**
 * The admin API as an OpenAPI 3.1 document, from the schemas that validate its input.
 * @module
 */
import { z } from "zod";
import { listIncidentsInput } from "./alerts/incident-schemas";
import * as answers from "./answer-schemas";
import { examination } from "./examine/examination";
import * as groups from "./groups/group-schemas";
import { importBody, importedKeys } from "./imports/import-schemas";
import {
  changeProviderKeysInput,
  resealProviderKeysInput,
  undoProviderKeysInput,
} from "./keys/provider-key-schemas";
import { limitsInput } from "./limits/limit-schemas";
import { listQuotaLimitsInput, setQuotaLimitsInput } from "./limits/quota-limit-schemas";
import { addCustomProviderInput, customProviderChanges } from "./providers/custom-provider-schema";
import { addModelAliasInput, modelAliasChanges } from "./providers/model-alias-schema";
import * as inputs from "./schemas";
import { changeSettingsInput, settingsSchema } from "./settings/settings-schema";
import { changeSignInSettingsInput, signInSettings, signInTest } from "./settings/sign-in-settings";
import { changeTraceSettingsInput, traceSettings, traceTest } from "./settings/trace-settings";
import * as budgetAnswers from "./usage/budget-answer-schemas";
import { listRequestsInput, readUsageInput } from "./usage/usage-schemas";

interface Operation {
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent: 204 without a body. */
  readonly answer?: z.ZodType;
}

/** Lines are checked one by one, so the schema that validates the call is less strict than this. */
const addProviderKeysBody = inputs.addProviderKeysInput.extend({
  keys: z.array(z.union([z.string(), inputs.newKeySettings])).min(1),
});

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/api/quota": {
    get: {
      summary: "Read what the requesting access token can still use, and which models are ready",
      answer: answers.quotaAnswer,
    },
  },
  "/api/admin/provider-keys": {
    get: {
      summary: "List provider keys, newest first",
      query: inputs.listProviderKeysInput,
      answer: answers.providerKeyPage,
    },
    post: {
      summary: "Add provider keys, up to 20,000 per request",
      body: addProviderKeysBody,
      answer: answers.addedProviderKeys,
    },
  },
  "/api/admin/provider-keys/{id}": {
    patch: { summary: "Change a provider key", body: inputs.updateProviderKeyInput },
    delete: { summary: "Delete a provider key" },
  },
  "/api/admin/provider-keys/delete": {
    post: {
      summary: "Delete provider keys by ids or filter",
      body: inputs.deleteProviderKeysInput,
      answer: answers.deletedProviderKeys,
    },
  },
  "/api/admin/provider-keys/change": {
    post: {
      summary:
        "Disable, enable, unblock or change provider keys, or end their cooldowns, by ids or filter",
      body: changeProviderKeysInput,
      answer: answers.changedProviderKeys,
    },
  },
  "/api/admin/provider-keys/undo": {
    post: {
      summary: "Undo a change of provider keys",
      body: undoProviderKeysInput,
      answer: answers.undoneProviderKeys,
    },
  },
  "/api/admin/provider-keys/reseal": {
    post: {
      summary: "Re-encrypt some keys under the current secret; repeat until `remaining` is 0",
      body: resealProviderKeysInput,
      answer: answers.resealedProviderKeys,
    },
  },
  "/api/admin/provider-keys/{id}/check": {
    post: {
      summary: "Validate a key with a free request; block or unblock it",
      answer: answers.checkedProviderKey,
    },
  },
  "/api/admin/provider-keys/{id}/reset": {
    post: { summary: "End a key's block and all its cooldowns" },
  },
  "/api/admin/quota-limits": {
    get: {
      summary: "List the limits of providers and quota domains",
      query: listQuotaLimitsInput,
      answer: answers.quotaLimitList,
    },
    put: {
      summary: "Set the limits of a provider's keys, or of a quota domain",
      body: setQuotaLimitsInput,
      answer: answers.previousQuotaLimits,
    },
  },
  "/api/admin/incidents": {
    get: {
      summary:
        "List incidents: many keys of a provider that failed alike and were left as they are",
      query: listIncidentsInput,
      answer: answers.incidentList,
    },
  },
  "/api/admin/import": {
    post: {
      summary: "Import keys from another tool, or preview what that would do",
      body: importBody,
      answer: importedKeys,
    },
  },
  "/api/admin/access-tokens": {
    get: {
      summary: "List access tokens, newest first",
      query: inputs.listAccessTokensInput,
      answer: answers.accessTokenPage,
    },
    post: {
      summary: "Create an access token",
      body: inputs.createAccessTokenInput,
      answer: answers.createdAccessToken,
    },
  },
  "/api/admin/access-tokens/{id}": {
    patch: {
      summary: "Pause, resume or change an access token",
      body: inputs.updateAccessTokenInput,
    },
    delete: { summary: "Revoke an access token permanently" },
  },
  "/api/admin/access-tokens/{id}/rotate": {
    post: {
      summary: "Create a token with the same settings; the old one keeps working for the overlap",
      body: inputs.rotateAccessTokenInput,
      answer: answers.rotatedAccessToken,
    },
  },
  "/api/admin/members/{id}/limits": {
    patch: {
      summary: "Limit all tokens of a member together; null removes a limit",
      body: limitsInput,
    },
  },
  "/api/admin/groups": {
    get: {
      summary: "List groups, with their members and the numbers of their tokens and keys",
      answer: groups.groupList,
    },
    post: { summary: "Add a group", body: groups.addGroupInput, answer: groups.addedGroup },
  },
  "/api/admin/groups/{id}": {
    patch: {
      summary: "Change a group; null removes a limit",
      body: groups.changeGroupInput,
    },
    delete: { summary: "Remove a group that has no keys and no access tokens left" },
  },
  "/api/admin/groups/{id}/members": {
    put: {
      summary: "Add a member of the team to a group, change their role in it, or remove them",
      body: groups.putGroupMemberInput,
      answer: groups.changedGroupMember,
    },
  },
  "/api/admin/budgets": {
    get: {
      summary: "List how much of their limits groups, tokens and members have used",
      answer: budgetAnswers.budgetList,
    },
  },
  "/api/admin/budgets/check": {
    get: {
      summary: "Compare budgets with the rollups and the log, of today and this month",
      answer: budgetAnswers.budgetCheck,
    },
  },
  "/api/admin/budgets/rebuild": {
    post: {
      summary: "Count the budgets of today and this month again, from the log if it is complete",
      answer: budgetAnswers.rebuiltBudgets,
    },
  },
  "/api/admin/custom-providers": {
    get: {
      summary: "List the team's own providers",
      answer: answers.customProviderList,
    },
    post: { summary: "Add a provider of the team's own", body: addCustomProviderInput },
  },
  "/api/admin/custom-providers/{slug}": {
    patch: { summary: "Change a provider of the team's own", body: customProviderChanges },
    delete: {
      summary: "Remove a provider of the team's own; its keys stay, unusable",
      answer: answers.removedCustomProvider,
    },
  },
  "/api/admin/model-aliases": {
    get: {
      summary: "List model aliases, with the state of their targets",
      answer: answers.modelAliasList,
    },
    post: { summary: "Add a model alias", body: addModelAliasInput },
  },
  "/api/admin/model-aliases/{name}": {
    patch: { summary: "Change a model alias; its targets as a whole", body: modelAliasChanges },
    delete: { summary: "Remove a model alias" },
  },
  "/api/admin/doctor": {
    get: {
      summary: "Check the instance: secrets, database, maintenance, pools, gateway, providers",
      answer: examination,
    },
  },
  "/api/admin/settings": {
    get: { summary: "Read the settings", answer: settingsSchema },
    patch: {
      summary: "Change some fields of one section; null takes its own way from a provider",
      body: changeSettingsInput,
      answer: settingsSchema,
    },
  },
  "/api/admin/settings/traces": {
    get: { summary: "Read where traces are sent", answer: traceSettings },
    patch: {
      summary: "Change where traces are sent; another address clears the headers",
      body: changeTraceSettingsInput,
      answer: traceSettings,
    },
  },
  "/api/admin/settings/traces/test": {
    post: { summary: "Send a test span", answer: traceTest },
  },
  "/api/admin/settings/sign-in": {
    get: { summary: "Read how people sign in", answer: signInSettings },
    patch: {
      summary: "Change how people sign in; another issuer or app clears its secret",
      body: changeSignInSettingsInput,
      answer: signInSettings,
    },
  },
  "/api/admin/settings/sign-in/test": {
    post: { summary: "Ask the issuer whether it knows the app", answer: signInTest },
  },
  "/api/admin/usage": {
    get: {
      summary: "Read usage, by time and one other dimension",
      query: readUsageInput,
      answer: answers.usageReport,
    },
  },
  "/api/admin/requests": {
    get: {
      summary: "List requests, newest first",
      query: listRequestsInput,
      answer: answers.requestPage,
    },
  },
  "/api/admin/requests/{id}": {
    get: { summary: "One request, attempt by attempt", answer: answers.requestStory },
  },
};

export function openApiDocument(version: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "One Balance admin API",
      version,
      description:
        "Every error has the body of the `Error` schema, with status 400 for wrong input, 401 without " +
        "an admin token, 404 for an unknown id, 409 for a revoked token or a taken slug, 413 for too large a body.",
    },
    security: [{ bearer: [] }, { apiKey: [] }],
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([path, operations]) => [path, pathItem(path, operations)]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
      },
      schemas: { Error: jsonSchema(answers.errorAnswer) },
    },
  };
}

function pathItem(path: string, operations: Readonly<Record<string, Operation>>) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const schema = { type: "string" };
  return {
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: "path", required: true, schema })),
    }),
    ...Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, operationObject(operation)]),
    ),
  };
}

function operationObject({ summary, query, body, answer }: Operation) {
  return {
    summary,
    ...(query && { parameters: queryParameters(query) }),
    ...(body && { requestBody: { required: true, content: json(jsonSchema(body)) } }),
    responses: {
      ...(answer
        ? { 200: { description: "Done", content: json(jsonSchema(answer)) } }
        : { 204: { description: "Done" } }),
      default: { description: "Error", content: json({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

function queryParameters(query: z.ZodObject) {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    schema: jsonSchema(schema as z.ZodType),
  }));
}

function json(schema: object) {
  return { "application/json": { schema } };
}

function jsonSchema(schema: z.ZodType): object {
  // OpenAPI 3.1 uses this dialect by default.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
