// Made by scripts/generate-prices.ts of @pydantic/genai-prices 0.1.8 (MIT, https://github.com/pydantic/genai-prices).
export { calcPrice } from "@pydantic/genai-prices";
