package indicator

import "strings"

// usualUnits are services that every other machine has: one of them is no sign of anything.
var usualUnits = set("ssh sshd nginx apache2 httpd docker containerd kubelet cron crond rsyslog network networking networkmanager firewalld iptables auditd mysql mysqld mariadb postgresql redis redis-server php-fpm chrony chronyd ntp ntpd snapd dbus cups postfix dovecot named bind9 smb smbd nmbd squid tomcat jenkins grafana-server prometheus zabbix-agent fail2ban ufw rsync vsftpd xinetd getty multi-user display-manager")

// usualLibraries are those that every Linux machine has.
var usualLibraries = set("libc libm libpthread libdl librt libssl libcrypto libz libgcc_s libcurl libxml2 libresolv libutil libcrypt libpam libsystemd libudev libselinux libpcre")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// unit reports the unit of systemd from i to j: kx-keeper.service, upd.timer.
//
// SPEC: systemd.unit(5)
func (sc *scanner) unit(i, j int) bool {
	if !strings.HasSuffix(sc.s[i:j], ".service") && !strings.HasSuffix(sc.s[i:j], ".timer") {
		return false
	}
	a, b := trimToken(sc.s, i, j)
	text := sc.s[a:b]
	stem, ok := strings.CutSuffix(text, ".service")
	if !ok {
		stem, ok = strings.CutSuffix(text, ".timer")
	}
	if !ok || len(stem) < 3 || len(stem) > 128 || !is(stem[0], clAlnum) || all(stem, clDigit) ||
		usualUnits[strings.ToLower(stem)] || strings.HasPrefix(stem, "systemd-") || sc.nearHost(i) || at(sc.s, j) == '(' {
		return false
	}
	if before := at(sc.s, a-1); before == '@' || before == '/' && strings.HasSuffix(sc.s[:a-1], ":/") {
		return false
	}
	sc.emit(Value{Type: Service, Value: text}, a, b, 0, plain)
	return true
}

// versionedLibrary reports the shared library from i to j whose version stands behind its extension: libspool.so.7.
func (sc *scanner) versionedLibrary(i, j int) bool {
	if !strings.Contains(sc.s[i:j], ".so.") {
		return false
	}
	a, b := trimToken(sc.s, i, j)
	k := strings.Index(sc.s[a:b], ".so.")
	if k <= 0 || strings.Trim(sc.s[a+k+len(".so."):b], "0123456789.") != "" || b-(a+k) > 16 || at(sc.s, a-1) == '/' || at(sc.s, a-1) == '\\' {
		return false
	}
	if usualLibraries[strings.ToLower(sc.s[a:a+k])] || strings.HasPrefix(sc.s[a:], "ld-linux") {
		return false
	}
	sc.emit(Value{Type: File, Value: sc.s[a:b]}, a, b, 0, plain)
	return true
}
