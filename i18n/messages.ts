/**
 * Every text a person reads, by language and area.
 * @module
 */
import enAlerts from "../messages/en/alerts.json";
import enAudit from "../messages/en/audit.json";
import enAuth from "../messages/en/auth.json";
import enBudgets from "../messages/en/budgets.json";
import enCommon from "../messages/en/common.json";
import enGroups from "../messages/en/groups.json";
import enHelp from "../messages/en/help.json";
import enImport from "../messages/en/import.json";
import enIncidents from "../messages/en/incidents.json";
import enKeys from "../messages/en/keys.json";
import enLimits from "../messages/en/limits.json";
import enOverview from "../messages/en/overview.json";
import enPlayground from "../messages/en/playground.json";
import enRequests from "../messages/en/requests.json";
import enRoutes from "../messages/en/routes.json";
import enSettings from "../messages/en/settings.json";
import enShell from "../messages/en/shell.json";
import enTeam from "../messages/en/team.json";
import enTokens from "../messages/en/tokens.json";
import enUsage from "../messages/en/usage.json";
import enViews from "../messages/en/views.json";
import zhAlerts from "../messages/zh/alerts.json";
import zhAudit from "../messages/zh/audit.json";
import zhAuth from "../messages/zh/auth.json";
import zhBudgets from "../messages/zh/budgets.json";
import zhCommon from "../messages/zh/common.json";
import zhGroups from "../messages/zh/groups.json";
import zhHelp from "../messages/zh/help.json";
import zhImport from "../messages/zh/import.json";
import zhIncidents from "../messages/zh/incidents.json";
import zhKeys from "../messages/zh/keys.json";
import zhLimits from "../messages/zh/limits.json";
import zhOverview from "../messages/zh/overview.json";
import zhPlayground from "../messages/zh/playground.json";
import zhRequests from "../messages/zh/requests.json";
import zhRoutes from "../messages/zh/routes.json";
import zhSettings from "../messages/zh/settings.json";
import zhShell from "../messages/zh/shell.json";
import zhTeam from "../messages/zh/team.json";
import zhTokens from "../messages/zh/tokens.json";
import zhUsage from "../messages/zh/usage.json";
import zhViews from "../messages/zh/views.json";
import type { Locale } from "./locale";

const en = {
  alerts: enAlerts,
  audit: enAudit,
  auth: enAuth,
  budgets: enBudgets,
  common: enCommon,
  groups: enGroups,
  help: enHelp,
  import: enImport,
  incidents: enIncidents,
  keys: enKeys,
  limits: enLimits,
  overview: enOverview,
  playground: enPlayground,
  requests: enRequests,
  routes: enRoutes,
  settings: enSettings,
  shell: enShell,
  team: enTeam,
  tokens: enTokens,
  usage: enUsage,
  views: enViews,
};

export type Messages = typeof en;

export type Area = keyof Messages;

/** A test checks that the languages have the same texts, so `zh` is cast. */
const zh = {
  alerts: zhAlerts,
  audit: zhAudit,
  auth: zhAuth,
  budgets: zhBudgets,
  common: zhCommon,
  groups: zhGroups,
  help: zhHelp,
  import: zhImport,
  incidents: zhIncidents,
  keys: zhKeys,
  limits: zhLimits,
  overview: zhOverview,
  playground: zhPlayground,
  requests: zhRequests,
  routes: zhRoutes,
  settings: zhSettings,
  shell: zhShell,
  team: zhTeam,
  tokens: zhTokens,
  usage: zhUsage,
  views: zhViews,
};

export const messages: Readonly<Record<Locale, Messages>> = { en, zh };
