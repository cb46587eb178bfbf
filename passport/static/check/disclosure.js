// Made from passport/verifier/disclosure.py.
export const DISCLOSURE = {
  V1: "whole",
  V2: "name",
  V3: "name",
  V4: "skill",
  V5: "whole",
  V6: "claim",
  V7: "nothing",
  V8: "nothing",
  V9: "nothing",
  V10: "nothing",
};
