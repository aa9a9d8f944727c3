/** Who made something; both null where that is not known. */
export interface Maker {
  /** The first of the tokens that took each other's place. */
  readonly tokenId: string | null;
  readonly userId: string | null;
}

export interface StoredThing extends Maker {
  readonly keyId: string;
}
