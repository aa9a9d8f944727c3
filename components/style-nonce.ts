/**
 * Menus and dialogs lock the page's scrolling by a style element, which react-style-singleton makes with
 * the nonce of `__webpack_nonce__`. The policy's nonce is read from a script the browser already trusts.
 * @module
 */
if (typeof document !== "undefined") {
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  Object.assign(globalThis, { __webpack_nonce__: nonce });
}
