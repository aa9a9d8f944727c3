/**
 * The share of requests that got a good answer (outcome `ok`), no matter why the others did not.
 * @returns Between 0 and 1; null without requests.
 */
export function successRate({
  requests,
  answered,
}: {
  readonly requests: number;
  readonly answered: number;
}): number | null {
  return requests === 0 ? null : answered / requests;
}
