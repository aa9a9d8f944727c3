"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { ImportedKeys } from "@/lib/manage/imports/import-schemas";
import type { AddCustomProviderInput } from "@/lib/manage/providers/custom-provider-schema";
import type { Choices } from "./use-import";

const CustomProviderDialog = dynamic(
  async () =>
    (await import("@/components/settings/providers/custom-provider-dialog")).CustomProviderDialog,
  { ssr: false },
);

/** Radix reserves the empty string for "nothing chosen". No provider's slug contains a space. */
const LEFT_OUT = "leave out";

interface Service {
  readonly name: string;
  /** Null once it was assigned to a provider. */
  readonly unknown: ImportedKeys["unknown"][number] | null;
}

/** Services whose keys would be skipped: each may be assigned to a provider, or become one. */
export function UnknownServices({
  unknown,
  providers,
  choices,
  allowPrivate,
  onChoose,
}: {
  readonly unknown: ImportedKeys["unknown"];
  readonly providers: readonly ProviderChoice[];
  readonly choices: Choices;
  readonly allowPrivate: boolean;
  readonly onChoose: (changes: Partial<Choices>) => void;
}) {
  const t = useTranslations("import.unknown");
  const router = useRouter();
  const [proposal, setProposal] = useState<AddCustomProviderInput | null>(null);
  const services: readonly Service[] = [
    ...(choices.provider === null ? [] : [{ name: "", unknown: null }]),
    ...Object.keys(choices.providers).map((name) => ({ name, unknown: null })),
    ...unknown.map((each) => ({ name: each.name, unknown: each })),
  ];
  if (services.length === 0) return null;

  function choose(name: string, slug: string | null) {
    if (name === "") {
      onChoose({ provider: slug });
      return;
    }
    const { [name]: _, ...others } = choices.providers;
    onChoose({ providers: slug === null ? others : { ...others, [name]: slug } });
  }

  return (
    <section className="space-y-3">
      <div className="space-y-1">
        <h2 className="font-medium">{t("title")}</h2>
        <p className="text-muted-foreground max-w-prose">{t("description")}</p>
      </div>
      <ul className="divide-y rounded-lg border">
        {services.map((service) => (
          <ServiceRow
            key={service.name}
            service={service}
            providers={providers}
            chosen={
              service.name === "" ? choices.provider : (choices.providers[service.name] ?? null)
            }
            onChoose={(slug) => choose(service.name, slug)}
            onPropose={setProposal}
          />
        ))}
      </ul>
      {proposal !== null && (
        <CustomProviderDialog
          provider={null}
          proposal={proposal}
          allowPrivate={allowPrivate}
          isOpen
          onOpenChange={() => setProposal(null)}
          onSaved={() => {
            router.refresh();
            onChoose({});
          }}
        />
      )}
    </section>
  );
}

function ServiceRow({
  service: { name, unknown },
  providers,
  chosen,
  onChoose,
  onPropose,
}: {
  readonly service: Service;
  readonly providers: readonly ProviderChoice[];
  /** Slug; null to skip its keys. */
  readonly chosen: string | null;
  readonly onChoose: (slug: string | null) => void;
  readonly onPropose: (proposal: AddCustomProviderInput) => void;
}) {
  const t = useTranslations("import.unknown");
  const id = useId();
  const proposal = unknown?.proposal ?? null;
  return (
    <li className="flex flex-col gap-3 px-4 py-3 sm:flex-row sm:items-center">
      <div className="min-w-0 flex-1">
        <p id={id} className="font-medium break-words">
          {name === "" ? t("unclear") : name}
        </p>
        <p className="text-muted-foreground text-xs break-all">
          {unknown === null ? t("given") : t("keys", { count: unknown.keys })}
          {proposal !== null && ` · ${proposal.baseUrl}`}
        </p>
      </div>
      {proposal !== null && chosen === null && (
        <Button variant="outline" size="sm" onClick={() => onPropose(proposal)}>
          {t("propose")}
        </Button>
      )}
      <Select
        value={chosen ?? LEFT_OUT}
        onValueChange={(slug) => onChoose(slug === LEFT_OUT ? null : slug)}
      >
        <SelectTrigger aria-labelledby={id} size="sm" className="w-full sm:w-52">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={LEFT_OUT}>{t("leaveOut")}</SelectItem>
          {providers.map(({ slug, label }) => (
            <SelectItem key={slug} value={slug}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </li>
  );
}
