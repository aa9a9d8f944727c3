/**
 * Menus and dialogs lock the page's scrolling by a style element, which react-style-singleton makes with
 * the nonce of `__webpack_nonce__`. The policy's nonce is read from a script the browser already trusts.
 * @module
 */

/** For style elements that components make by themselves; undefined on the server. */
export const styleNonce =
  typeof document === "undefined"
    ? undefined
    : document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

if (styleNonce !== undefined) Object.assign(globalThis, { __webpack_nonce__: styleNonce });
