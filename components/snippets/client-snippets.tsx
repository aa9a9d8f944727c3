"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { CodeBlock } from "@/components/code-block";
import { CopyButton } from "@/components/copy-button";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import { useOrigin } from "@/components/use-origin";
import { clientSnippets, type Snippet } from "@/lib/snippets/client-snippets";
import type { ModelScope } from "@/lib/snippets/example-model";

/** How to use a token in each client, one at a time. */
export function ClientSnippets({
  token,
  scope,
}: {
  /** Its text, or a placeholder if it is no longer known. */
  readonly token: string;
  readonly scope: ModelScope;
}) {
  const t = useTranslations("tokens.snippets");
  const origin = useOrigin();
  const snippets = clientSnippets({ origin, token, ...scope });
  const [client, setClient] = useState<string>("curl");
  const shown = snippets.find((snippet) => snippet.client === client) ?? snippets[0];
  if (shown === undefined) {
    return (
      <p className="text-muted-foreground text-sm">
        {t("native", { address: `${origin}/api/${scope.providers?.[0] ?? ""}` })}
      </p>
    );
  }
  return (
    <div className="min-w-0 space-y-3">
      <div className="flex items-center gap-3">
        <span className="text-sm font-medium">{t("client")}</span>
        <Select value={shown.client} onValueChange={setClient}>
          <SelectTrigger size="sm" aria-label={t("client")}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {snippets.map(({ client: id, label }) => (
              <SelectItem key={id} value={id}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      <SnippetBody snippet={shown} />
      {/* In another tab: the token next to it may be shown only this once. */}
      <a
        href="/help/clients"
        target="_blank"
        rel="noreferrer"
        className="text-muted-foreground hover:text-foreground inline-block text-sm underline underline-offset-4"
      >
        {t("more")}
      </a>
    </div>
  );
}

function SnippetBody({ snippet }: { readonly snippet: Snippet }) {
  const t = useTranslations("tokens.snippets");
  if (snippet.kind === "code") return <CodeBlock code={snippet.code} language={snippet.language} />;
  return (
    <dl className="divide-y rounded-lg border text-sm">
      {snippet.settings.map(({ name, value }) => (
        <div key={name} className="flex items-center gap-3 py-1 pr-1 pl-4">
          <dt className="text-muted-foreground w-24 shrink-0">{t(`setting.${name}`)}</dt>
          <dd className="min-w-0 flex-1 truncate font-mono text-[13px]">{value}</dd>
          <CopyButton value={value} />
        </div>
      ))}
    </dl>
  );
}
