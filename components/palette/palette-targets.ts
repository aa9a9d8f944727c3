/**
 * Everything that the palette finds, as targets with one order: pages, actions, settings, then what the team has, then
 * help.
 * @module
 */
import {
  Bookmark,
  BookOpen,
  Bot,
  Keyboard,
  KeyRound,
  ListTree,
  type LucideIcon,
  Pause,
  Play,
  Plus,
  Route,
  Server,
  Settings,
  SunMoon,
  Ticket,
  User,
} from "lucide-react";
import type { useTranslations } from "next-intl";
import type { PaletteAnswer, PaletteFinds } from "@/components/palette/palette-answer";
import type { Findable } from "@/components/palette/rank";
import { settingsPages } from "@/components/settings/settings-pages";
import { navigationFor } from "@/components/shell/navigation";
import { modelHref } from "@/components/usage/model-href";
import type { Messages } from "@/i18n/messages";
import { type Right, roleAllows } from "@/lib/auth/member";

/** What choosing a target does. */
export type Effect =
  | { readonly kind: "open"; readonly href: string }
  | { readonly kind: "theme"; readonly theme: "light" | "dark" | "system" }
  | { readonly kind: "shortcuts" }
  /** Lists the tokens that can be paused or resumed. */
  | { readonly kind: "choose"; readonly what: TokenChange }
  | { readonly kind: "token"; readonly what: TokenChange; readonly id: string };

export type TokenChange = "pause" | "resume";

export interface Target extends Findable {
  readonly kind: keyof Messages["shell"]["palette"]["kinds"];
  readonly icon: LucideIcon;
  /** Beside the label. */
  readonly detail: string | null;
  readonly effect: Effect;
}

type Words = ReturnType<typeof useTranslations<"shell">>;

/** Pages and actions, which need no answer of the server. */
export function ownTargets(t: Words, right: Right): readonly Target[] {
  return [...pages(t, right), ...actions(t, right), ...settings(t, right)];
}

function pages(t: Words, right: Right): readonly Target[] {
  const listed = navigationFor(right)
    .flatMap(({ entries }) => entries)
    .map(({ area, href, icon }) => page(t(`areas.${area}`), href, icon));
  const budgets = page(t("pages.budgets"), "/tokens/budgets", Ticket);
  const account = page(t("account"), "/account", User);
  const groups = page(t("pages.groups"), "/team/groups", User);
  return [...listed, budgets, account, ...(roleAllows(right, "admin") ? [groups] : [])];
}

function page(label: string, href: string, icon: LucideIcon): Target {
  return {
    ...{ id: `page ${href}`, kind: "page", label, words: [], icon, detail: null },
    effect: { kind: "open", href },
  };
}

function actions(t: Words, right: Right): readonly Target[] {
  const all: readonly (readonly [
    keyof Messages["shell"]["palette"]["actions"],
    Right,
    LucideIcon,
    Effect,
  ])[] = [
    ["addKeys", "groupAdmin", Plus, { kind: "open", href: "/keys/add" }],
    ["importKeys", "groupAdmin", Plus, { kind: "open", href: "/keys/import" }],
    ["createToken", "member", Plus, { kind: "open", href: "/tokens?new=true" }],
    ["pauseToken", "member", Pause, { kind: "choose", what: "pause" }],
    ["resumeToken", "member", Play, { kind: "choose", what: "resume" }],
    ["invite", "admin", Plus, { kind: "open", href: "/team?invite=true" }],
    ["addAlias", "admin", Plus, { kind: "open", href: "/routes?new=true" }],
    ["darkTheme", "viewer", SunMoon, { kind: "theme", theme: "dark" }],
    ["lightTheme", "viewer", SunMoon, { kind: "theme", theme: "light" }],
    ["systemTheme", "viewer", SunMoon, { kind: "theme", theme: "system" }],
    ["shortcuts", "viewer", Keyboard, { kind: "shortcuts" }],
  ];
  return all
    .filter(([, least]) => roleAllows(right, least))
    .map(([name, , icon, effect]) => ({
      ...{ id: `action ${name}`, kind: "action", icon, effect, detail: null },
      label: t(`palette.actions.${name}.label`),
      words: wordsIn(t(`palette.actions.${name}.words`)),
    }));
}

function settings(t: Words, right: Right): readonly Target[] {
  if (!roleAllows(right, "admin")) return [];
  return settingsPages.map(({ name, href }) => ({
    ...{ id: `settings ${name}`, kind: "settings", icon: Settings, detail: null },
    label: t(`pages.settings.${name}`),
    words: wordsIn(t(`palette.settings.${name}`)),
    effect: { kind: "open", href },
  }));
}

/** What the team has, and help. */
export function teamTargets(
  { providers, tokens, members, aliases, views, models, help }: PaletteAnswer,
  right: Right,
): readonly Target[] {
  const open = (
    kind: Target["kind"],
    icon: LucideIcon,
    id: string,
    href: string,
    label: string,
    detail: string | null = null,
    words: readonly string[] = [],
  ): Target => ({
    ...{ id: `${kind} ${id}`, kind, icon, label, detail, effect: { kind: "open", href } },
    words: detail === null ? words : [detail, ...words],
  });
  const mayPlay = roleAllows(right, "member");
  const tryOut = (name: string) => `/playground?model=${encodeURIComponent(name)}`;
  return [
    ...providers.map(({ slug, label }) =>
      open("provider", Server, slug, `/keys/${slug}`, label, null, [slug]),
    ),
    ...tokens.map(({ id, name, masked }) =>
      open("token", Ticket, id, `/tokens/${id}`, name, masked, [id]),
    ),
    ...members.map(({ id, name, email }) =>
      open("member", User, id, `/team/${id}`, name, email, [id]),
    ),
    ...aliases.map((name) => open("alias", Route, name, mayPlay ? tryOut(name) : "/routes", name)),
    ...views.map(({ id, name, path, href }) => open("view", Bookmark, id, href, name, path)),
    ...models.map((name) => {
      const slash = name.indexOf("/");
      const href = modelHref(name.slice(slash + 1), name.slice(0, slash));
      return open("model", Bot, name, href, name);
    }),
    ...help.map(({ title, href, page: of }) => open("help", BookOpen, href, href, title, of)),
  ];
}

/** The tokens of which the status can be changed so. */
export function tokenTargets({ tokens }: PaletteAnswer, what: TokenChange): readonly Target[] {
  const status = what === "pause" ? "active" : "paused";
  return tokens
    .filter((token) => token.status === status)
    .map(({ id, name, masked }) => ({
      ...{ id: `${what} ${id}`, kind: "token", icon: Ticket, label: name, detail: masked },
      words: [masked, id],
      effect: { kind: "token", what, id },
    }));
}

/** What the server found for the query: it has too many keys to send all of them. */
export function foundTargets({ keys }: PaletteFinds): readonly Target[] {
  return keys.map(({ id, provider, masked, remark }) => ({
    ...{ id: `key ${id}`, kind: "key", icon: KeyRound, label: masked, words: [] },
    detail: [provider, ...(remark === null ? [] : [remark])].join(" · "),
    effect: { kind: "open", href: `/keys/${provider}/${id}` },
  }));
}

const REQUEST_ID = /^req_[a-z0-9]{8,40}$/;

/** The request whose id was typed or pasted; its page says if it is not in the log. */
export function requestTargets(query: string): readonly Target[] {
  const id = query.trim();
  if (!REQUEST_ID.test(id)) return [];
  return [
    {
      ...{ id: `request ${id}`, kind: "request", icon: ListTree, label: id, words: [] },
      detail: null,
      effect: { kind: "open", href: `/requests/${id}` },
    },
  ];
}

/** Translators write them as one text: `webhook, mail`. */
function wordsIn(text: string): readonly string[] {
  return text.split(/[,，、]\s*/);
}
