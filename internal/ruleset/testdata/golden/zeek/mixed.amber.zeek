##! TLP:AMBER – 受け取った組織とその顧客のうち、知る必要のある人に限ります
##! TLP:AMBER – need to know, within the recipient's organisation and its clients
##! mixed: zeek, 50 values, written by wakachi on 2026-11-22T03:04:05Z for Zeek 7.0 and later (Intel::seen_policy is there since 6.2)

@load base/frameworks/intel
@load frameworks/intel/seen

module Wakachi_mixed;

redef Intel::read_files += { fmt("%s/mixed.amber.intel", @DIR) };

# A name is found if one above it is listed: a.b.example, then b.example.
hook Intel::seen_policy(s: Intel::Seen, found: bool)
	{
	if ( ! s?$indicator || ! s?$indicator_type || s$indicator_type != Intel::DOMAIN )
		return;
	local dot = strstr(s$indicator, ".");
	if ( dot == 0 || dot >= |s$indicator| )
		return;
	local above = s$indicator[dot:];
	if ( "." !in above )
		return;
	local up = Intel::Seen($indicator=above, $indicator_type=Intel::DOMAIN, $where=s$where);
	if ( s?$conn )
		up$conn = s$conn;
	if ( s?$uid )
		up$uid = s$uid;
	Intel::seen(up);
	}
