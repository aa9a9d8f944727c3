"use client";

import { useRouter } from "next/navigation";
import { KeyDetails, type KeyDetailsProps } from "./key-details";

/** A key's details on its own page, which is left when the key is deleted. */
export function KeyPanel(props: Omit<KeyDetailsProps, "onDeleted">) {
  const router = useRouter();
  const { provider } = props.detail.key;
  return (
    <section className="rounded-lg border" aria-label={props.detail.key.masked}>
      <KeyDetails
        {...props}
        onDeleted={() => router.replace(`/keys/${encodeURIComponent(provider)}`)}
      />
    </section>
  );
}
