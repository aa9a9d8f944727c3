/**
 * The numbers of services in the channel tables of new-api and one-api. They agree up to 24; after that each continued
 * separately. Names are slugs if One Balance knows the service. Services that are resold in OpenAI's format are named
 * with their address.
 * @module
 */

/** Name, and the default address if the channel has none. */
type Service = readonly [name: string, baseUrl?: string];

const SHARED: Readonly<Record<number, Service>> = {
  1: ["openai"],
  3: ["azure-openai"],
  8: ["Custom"],
  14: ["anthropic"],
  15: ["Baidu", "https://aip.baidubce.com"],
  16: ["Zhipu", "https://open.bigmodel.cn"],
  17: ["Alibaba Model Studio", "https://dashscope.aliyuncs.com/compatible-mode/v1"],
  18: ["Xunfei"],
  20: ["openrouter"],
  23: ["Tencent Hunyuan", "https://api.hunyuan.cloud.tencent.com/v1"],
  24: ["google-ai-studio"],
};

export const NEW_API_TYPES: Readonly<Record<number, Service>> = {
  ...SHARED,
  4: ["Ollama"],
  25: ["Moonshot", "https://api.moonshot.cn/v1"],
  26: ["Zhipu", "https://open.bigmodel.cn/api/paas/v4"],
  27: ["perplexity-ai"],
  31: ["01.AI", "https://api.lingyiwanwu.com/v1"],
  33: ["aws-bedrock"],
  34: ["cohere"],
  35: ["MiniMax", "https://api.minimax.chat/v1"],
  38: ["Jina", "https://api.jina.ai/v1"],
  39: ["workers-ai"],
  40: ["SiliconFlow", "https://api.siliconflow.cn/v1"],
  41: ["google-vertex-ai"],
  42: ["mistral"],
  43: ["deepseek"],
  45: ["Volcengine Ark", "https://ark.cn-beijing.volces.com/api/v3"],
  46: ["Baidu Qianfan", "https://qianfan.baidubce.com/v2"],
  48: ["grok"],
  56: ["replicate"],
};

export const ONE_API_TYPES: Readonly<Record<number, Service>> = {
  ...SHARED,
  25: ["Moonshot", "https://api.moonshot.cn/v1"],
  26: ["Baichuan", "https://api.baichuan-ai.com/v1"],
  27: ["MiniMax", "https://api.minimax.chat/v1"],
  28: ["mistral"],
  29: ["groq"],
  30: ["Ollama"],
  31: ["01.AI", "https://api.lingyiwanwu.com/v1"],
  32: ["StepFun", "https://api.stepfun.com/v1"],
  33: ["aws-bedrock"],
  35: ["cohere"],
  36: ["deepseek"],
  37: ["workers-ai"],
  39: ["Together AI", "https://api.together.xyz/v1"],
  40: ["Doubao", "https://ark.cn-beijing.volces.com/api/v3"],
  41: ["Novita", "https://api.novita.ai/v3/openai"],
  42: ["google-vertex-ai"],
  44: ["SiliconFlow", "https://api.siliconflow.cn/v1"],
  45: ["grok"],
  46: ["replicate"],
  47: ["Baidu Qianfan", "https://qianfan.baidubce.com/v2"],
  49: ["Alibaba Model Studio", "https://dashscope.aliyuncs.com/compatible-mode/v1"],
  50: ["Custom"],
  51: ["google-ai-studio"],
};
