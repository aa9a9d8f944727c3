/** A model's page. In the query, because clients choose model names, which may contain anything. */
export function modelHref(model: string, provider?: string): `/usage/model?${string}` {
  return `/usage/model?${new URLSearchParams({ model, ...(provider !== undefined && { provider }) })}`;
}
