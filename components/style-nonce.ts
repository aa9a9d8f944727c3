/**
 * Menus and dialogs lock the page's scrolling by a style element, which react-style-singleton creates with the nonce in
 * `__webpack_nonce__`. The policy's nonce is read from a script that the browser already trusts.
 * @module
 */

/** For style elements that components create themselves; undefined on the server. */
export const styleNonce =
  typeof document === "undefined"
    ? undefined
    : document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;

if (styleNonce !== undefined) Object.assign(globalThis, { __webpack_nonce__: styleNonce });
