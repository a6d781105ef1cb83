package catalog

// Delivery says to whom reports go when a run has made a release, and in what way.
// Nothing is ever sent without it. Messages carry counts, names and dates, never a
// value; a work list goes to its owner alone, encrypted.
type Delivery struct {
	Link      string    `yaml:"link,omitempty"`         // address of the reports, behind sign-in: a department's page is <link>/<id>/
	To        []Channel `yaml:"to,omitempty"`           // the bureau itself: counts of all departments
	Hosts     []string  `yaml:"hosts,omitempty"`        // hosts that robots and webhooks may go to; no other is
	Domains   []string  `yaml:"mail_domains,omitempty"` // domains that mail may go to; none named: any
	CA        string    `yaml:"ca,omitempty"`           // PEM file of who vouches for robots' and webhooks' hosts; "": the system's
	Quiet     string    `yaml:"quiet,omitempty"`        // hours in which nothing is sent: 22:00-07:00
	Workdays  bool      `yaml:"workdays,omitempty"`     // sent on working days only (国务院办公厅 arrangement)
	MaxAttach int       `yaml:"max_attachment_mb"`      // what is larger is not attached: the message has the link alone
	Templates string    `yaml:"templates,omitempty"`    // folder of the project with its own texts in place of guiji's
	Remind    Remind    `yaml:"remind,omitempty"`
}

// Remind says when departments are reminded of what they have to mend, in working
// days; 0 is never. A stage is told of once a week at most.
type Remind struct {
	Before int `yaml:"before,omitempty"` // before the due date
	Parent int `yaml:"parent,omitempty"` // after the due date the parent department is told, or the bureau where there is none
}

// Receiver says how a department gets its messages.
type Receiver struct {
	To       []Channel `yaml:"to,omitempty"`
	Attach   bool      `yaml:"attach,omitempty"`   // the work list and the letter, encrypted, by mail to contact.email and nowhere else
	Password []Channel `yaml:"password,omitempty"` // the way the password of attachments goes, another than contact.email; none: guiji deliver password shows it once
}

// Channel is one way to reach somebody: exactly one of its fields is set.
type Channel struct {
	Mail     []string `yaml:"mail,omitempty"`     // addresses of offices; each gets a message of its own
	WeCom    *Robot   `yaml:"wecom,omitempty"`    // 企业微信 群机器人
	DingTalk *Robot   `yaml:"dingtalk,omitempty"` // 钉钉 自定义机器人, signed
	Feishu   *Robot   `yaml:"feishu,omitempty"`   // 飞书 自定义机器人, signed
	Webhook  *Webhook `yaml:"webhook,omitempty"`  // any other messenger
}

// Robot is a messenger's robot in a group.
type Robot struct {
	Token  string `yaml:"token"`            // a reference: the key (企业微信), access_token (钉钉) or last part (飞书) of its address
	Secret string `yaml:"secret,omitempty"` // a reference: what 钉钉 and 飞书 are signed with
	Base   string `yaml:"base,omitempty"`   // https://host[:port] in place of the messenger's own: an intranet's way out
}

// Webhook is an address that a JSON document of the project's own making goes to.
type Webhook struct {
	URL      string `yaml:"url"`                // http(s) address; a reference where it holds a token
	Template string `yaml:"template"`           // file of the project: the document, its fields escaped for JSON
	OKField  string `yaml:"ok_field,omitempty"` // member of the answer that tells success, beside the status 2xx
	OKValue  string `yaml:"ok_value,omitempty"` // and what it must be: 0
}

// Hosts of the messengers' robots.
const (
	WeComHost    = "qyapi.weixin.qq.com"
	DingTalkHost = "oapi.dingtalk.com"
	FeishuHost   = "open.feishu.cn"
)

// maxAttachment is where guiji.yaml says nothing, in MB: what offices' mail servers take.
const maxAttachment = 8

// AttachLimit is the largest size of a message's attachments, in bytes.
func (d *Delivery) AttachLimit() int64 {
	if d.MaxAttach > 0 {
		return int64(d.MaxAttach) << 20
	}
	return maxAttachment << 20
}
