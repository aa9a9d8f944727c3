/**
 * The pages of the portal's help, in order.
 * @module
 */
import {
  ArrowLeftRight,
  BookOpenText,
  Boxes,
  Braces,
  Cable,
  CircleQuestionMark,
  CloudUpload,
  Gauge,
  HardDrive,
  Import,
  KeyRound,
  Laptop,
  type LucideIcon,
  Plug,
  Scale,
  Server,
  ShieldCheck,
  SlidersHorizontal,
  SquareTerminal,
  Tags,
  Ticket,
  TriangleAlert,
  Users,
  Wrench,
} from "lucide-react";
import type { Locale } from "@/i18n/locale";
import type { Messages } from "@/i18n/messages";

export type HelpTopic = keyof Messages["help"]["topics"];

export interface HelpGroup {
  /** The name of its text in the `help` messages. */
  readonly name: keyof Messages["help"]["groups"];
  /** Its page is `docs/{topic}.md`. */
  readonly topics: readonly { readonly topic: HelpTopic; readonly icon: LucideIcon }[];
}

export const helpGroups: readonly HelpGroup[] = [
  {
    name: "begin",
    topics: [
      { topic: "start", icon: BookOpenText },
      { topic: "clients", icon: Laptop },
      { topic: "faq", icon: CircleQuestionMark },
    ],
  },
  {
    name: "call",
    topics: [
      { topic: "calling", icon: Cable },
      { topic: "conversion", icon: ArrowLeftRight },
      { topic: "providers", icon: Server },
      { topic: "custom-providers", icon: Plug },
      { topic: "errors", icon: TriangleAlert },
    ],
  },
  {
    name: "pool",
    topics: [
      { topic: "keys", icon: KeyRound },
      { topic: "moving-in", icon: Import },
      { topic: "judging", icon: Scale },
      { topic: "tokens", icon: Ticket },
      { topic: "tags", icon: Tags },
      { topic: "team", icon: Users },
      { topic: "groups", icon: Boxes },
    ],
  },
  {
    name: "operate",
    topics: [
      { topic: "deploy", icon: CloudUpload },
      { topic: "own-server", icon: HardDrive },
      { topic: "operations", icon: Wrench },
      { topic: "benchmarks", icon: Gauge },
      { topic: "settings", icon: SlidersHorizontal },
      { topic: "security", icon: ShieldCheck },
      { topic: "api", icon: Braces },
      { topic: "command-line", icon: SquareTerminal },
    ],
  },
];

/** Apps and libraries with their own page below `clients`. */
export const helpClients: readonly { readonly slug: string; readonly label: string }[] = [
  { slug: "cherry-studio", label: "Cherry Studio" },
  { slug: "claude-code", label: "Claude Code" },
  { slug: "codex", label: "Codex" },
  { slug: "gemini-cli", label: "Gemini CLI" },
  { slug: "opencode", label: "opencode" },
  { slug: "librechat", label: "LibreChat" },
  { slug: "open-webui", label: "Open WebUI" },
  { slug: "cursor", label: "Cursor" },
  { slug: "langchain", label: "LangChain" },
  { slug: "vercel-ai-sdk", label: "Vercel AI SDK" },
  { slug: "llamaindex", label: "LlamaIndex" },
];

const translated: ReadonlySet<string> = new Set([
  "start",
  "faq",
  "clients",
  "security",
  "own-server",
  "groups",
  "team",
  "tags",
  ...helpClients.map(({ slug }) => `clients/${slug}`),
]);

/** The file below `docs/`, without its extension, for `page` (`clients/codex`) in a language. */
export function helpFile(page: string, locale: Locale): string {
  return locale === "zh" && translated.has(page) ? `zh/${page}` : page;
}
