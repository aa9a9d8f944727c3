"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { type TokenForm, tokenFormSchema } from "@/components/tokens/token-form";

/** The form's state, checked as it is typed once it was sent. */
export function useTokenForm(defaultValues: TokenForm) {
  const t = useTranslations("tokens.form.problem");
  const resolver = useMemo(
    () => zodResolver(tokenFormSchema((problem) => t(problem), Date.now)),
    [t],
  );
  return useForm<TokenForm>({ resolver, defaultValues });
}
