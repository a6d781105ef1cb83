package deliver

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"guiji/catalog"
)

// weCom is 企业微信: errcode, 20 messages a minute, texts of 2048 bytes. Its robots are
// known by their key alone.
type weCom struct{}

func (weCom) name() string           { return "wecom" }
func (weCom) host() string           { return catalog.WeComHost }
func (weCom) path(key string) string { return "/cgi-bin/webhook/send?key=" + url.QueryEscape(key) }
func (weCom) code() string           { return "errcode" }
func (weCom) busy() []int            { return []int{-1, 45009, 45033} }
func (weCom) limit() int             { return 2048 }

func (weCom) document(text, _ string, _ time.Time) (any, url.Values) {
	return map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}, nil
}

// dingTalk is 钉钉: errcode, 20 messages a minute or none for ten, signed by timestamp in
// milliseconds and HMAC-SHA256 of timestamp, line end and secret under the secret, in the
// address.
type dingTalk struct{}

func (dingTalk) name() string { return "dingtalk" }
func (dingTalk) host() string { return catalog.DingTalkHost }
func (dingTalk) path(token string) string {
	return "/robot/send?access_token=" + url.QueryEscape(token)
}
func (dingTalk) code() string { return "errcode" }
func (dingTalk) busy() []int  { return []int{-1, 130101, 130102, 410100} }
func (dingTalk) limit() int   { return 6000 }

func (dingTalk) document(text, secret string, at time.Time) (any, url.Values) {
	body := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	if secret == "" {
		return body, nil
	}
	stamp := strconv.FormatInt(at.UnixMilli(), 10)
	return body, url.Values{"timestamp": {stamp}, "sign": {sign(secret, stamp+"\n"+secret)}}
}

// feishu is 飞书: code, signed by timestamp in seconds and HMAC-SHA256 of nothing under
// timestamp, line end and secret, in the document.
type feishu struct{}

func (feishu) name() string { return "feishu" }
func (feishu) host() string { return catalog.FeishuHost }
func (feishu) path(token string) string {
	return "/open-apis/bot/v2/hook/" + url.PathEscape(token)
}
func (feishu) code() string { return "code" }
func (feishu) busy() []int  { return []int{11232, 11247} }
func (feishu) limit() int   { return 18 << 10 }

func (feishu) document(text, secret string, at time.Time) (any, url.Values) {
	text = strings.ReplaceAll(text, "<at", "＜at") // it would call people by name
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
	if secret != "" {
		stamp := strconv.FormatInt(at.Unix(), 10)
		body["timestamp"], body["sign"] = stamp, sign(stamp+"\n"+secret, "")
	}
	return body, nil
}
