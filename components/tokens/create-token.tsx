"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { type ComponentProps, useState } from "react";
import { Button } from "@/components/ui/button";

const CreateTokenDialog = dynamic(() =>
  import("@/components/tokens/create-token-dialog").then((module) => module.CreateTokenDialog),
);

/** The button that opens the form of a new token. */
export function CreateToken(props: Omit<ComponentProps<typeof CreateTokenDialog>, "onClose">) {
  const t = useTranslations("tokens");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>
        <Plus aria-hidden />
        {t("create.open")}
      </Button>
      {isOpen && <CreateTokenDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}
