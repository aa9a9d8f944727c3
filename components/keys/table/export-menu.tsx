"use client";

import dynamic from "next/dynamic";
import { lazy, useState } from "react";
import { LatePopup } from "@/components/late-popup";
import type { KeyFilter } from "../types";
import { ExportButton } from "./export-button";

const load = () => import("./export-formats");

const ExportFormats = lazy(async () => ({ default: (await load()).ExportFormats }));

const ExportSecretsDialog = dynamic(
  () => import("./export-secrets-dialog").then(({ ExportSecretsDialog }) => ExportSecretsDialog),
  { ssr: false },
);

/** Exports the matching keys as a file. */
export function ExportMenu({
  filter,
  label,
}: {
  readonly filter: KeyFilter;
  readonly label: string;
}) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <LatePopup load={load} button={(opener) => <ExportButton aria-haspopup="menu" {...opener} />}>
        <ExportFormats filter={filter} onSecrets={() => setIsAsking(true)} />
      </LatePopup>
      {isAsking && (
        <ExportSecretsDialog filter={filter} label={label} onClose={() => setIsAsking(false)} />
      )}
    </>
  );
}
