/** Why nothing is answered or done, as sentences. */
export interface Refusal {
  readonly refused: string;
}
