"use client";

import { useTranslations } from "next-intl";
import { Fragment } from "react";
import { Link } from "@/components/link";
import { useKeyGroups } from "./key-groups";

/** Whom a key serves, by name. Groups that the reader may not name are only counted. */
export function Serves({
  groups,
  withLinks = false,
}: {
  /** Ids; null for everyone. */
  readonly groups: readonly string[] | null;
  /** To the groups' pages, which admins may open. */
  readonly withLinks?: boolean;
}) {
  const t = useTranslations("keys.serves");
  const known = useKeyGroups();
  if (groups === null) return t("everyone");
  const named = known.filter(({ id }) => groups.includes(id));
  const others = groups.length - named.length;
  return (
    <>
      {named.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index > 0 && ", "}
          {withLinks ? (
            <Link
              href={`/team/groups/${id}`}
              prefetch={false}
              className="underline-offset-4 hover:underline"
            >
              {name}
            </Link>
          ) : (
            name
          )}
        </Fragment>
      ))}
      {others > 0 && (named.length === 0 ? t("others", { count: others }) : ` + ${others}`)}
    </>
  );
}
