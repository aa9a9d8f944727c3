"use client";

import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const CheckKeysDialog = dynamic(
  () => import("./check-keys-dialog").then(({ CheckKeysDialog }) => CheckKeysDialog),
  { ssr: false },
);

/** Checks all keys of a provider. */
export function CheckAllButton({
  provider,
  label,
  count,
}: {
  readonly provider: string;
  readonly label: string;
  readonly count: number;
}) {
  const t = useTranslations("keys.check");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="outline" size="sm" onClick={() => setIsOpen(true)}>
        {t("action")}
      </Button>
      {isOpen && (
        <CheckKeysDialog
          ids={null}
          filter={{ provider }}
          count={count}
          label={label}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}
