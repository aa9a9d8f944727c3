import { useFormatter, useTranslations } from "next-intl";
import { formatExactCount, formatUsd } from "@/components/format";
import type { ShownReachedLimit } from "@/lib/manage/usage/list-requests";

/** Which limit refused a request, what was used of it then, and when there was room again. */
export function ReachedLimit({ reached }: { readonly reached: ShownReachedLimit }) {
  const t = useTranslations("requests.reached");
  const format = useFormatter();
  const { holder, name = "", limit, most, used, held, renewsAt } = reached;
  const show = (value: number) =>
    limit.endsWith("Usd") ? formatUsd(value) : formatExactCount(Math.round(value));
  return (
    <p className="mt-1 text-sm">
      {t(holder, { name, limit: t(limit, { amount: show(most), count: most }) })}{" "}
      {t("use", { used: show(used), held: show(held) })}
      {renewsAt !== null && (
        <>
          {" "}
          {t("renews", {
            time: format.dateTime(renewsAt, { dateStyle: "medium", timeStyle: "long" }),
          })}
        </>
      )}
    </p>
  );
}
