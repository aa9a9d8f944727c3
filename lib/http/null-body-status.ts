/** Whether a response with this status never has a body: https://fetch.spec.whatwg.org/#null-body-status */
export function isNullBodyStatus(status: number): boolean {
  return status === 101 || status === 204 || status === 205 || status === 304;
}
