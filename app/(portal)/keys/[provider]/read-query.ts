import { readTableSort } from "@/components/table/table-sort";
import {
  type BrowseProviderKeysInput,
  browseProviderKeysInput,
} from "@/lib/manage/keys/provider-key-schemas";

export type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

export const PAGE_SIZE = 50;

/** The filters of a provider's keys in the URL: `q`, `status`, `model`, `group`, `sort`, `page`. Invalid values are left out. */
export function readQuery(provider: string, params: SearchParams): BrowseProviderKeysInput {
  const sort = readTableSort(
    textOf(params.sort),
    browseProviderKeysInput.shape.order.unwrap().options,
  );
  const wanted: Record<string, unknown> = {
    q: textOf(params.q),
    status: textOf(params.status),
    model: textOf(params.model),
    group: textOf(params.group),
    page: Number(textOf(params.page) ?? 1),
    ...(sort && { order: sort.column, direction: sort.isDescending ? "desc" : "asc" }),
  };
  const result = browseProviderKeysInput.safeParse({ ...wanted, provider, pageSize: PAGE_SIZE });
  if (result.success) return result.data;
  for (const { path } of result.error.issues) delete wanted[String(path[0])];
  return browseProviderKeysInput.parse({ ...wanted, provider, pageSize: PAGE_SIZE });
}

/** One value, the first; undefined for an empty one. */
export function textOf(value: string | string[] | undefined): string | undefined {
  const [text = ""] = typeof value === "string" ? [value] : (value ?? []);
  return text.trim() || undefined;
}
